//! Several simulators at once: layout, proxies, routes, clock, exchange, the run itself.

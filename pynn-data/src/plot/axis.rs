//! Round numbers for the ticks of an axis.

/// A tick: the value and how it is written.
pub(super) type Tick = (f64, String);

/// At most `most` ticks (one more, if both ends have one) at round values in `low..=high`; none if there is no such range.
pub(super) fn ticks(low: f64, high: f64, most: usize) -> Vec<Tick> {
    let span = high - low;
    if !(span > 0.0 && span.is_finite()) || most == 0 {
        return Vec::new();
    }
    let most = most.min(100);
    let step = round_step(span / most as f64);
    let first = (low / step - 1e-9).ceil();
    let values = (0..=most).map(|number| (first + number as f64) * step);
    values
        .take_while(|value| *value <= high + step * 1e-9)
        .map(|value| (value, written(value, step)))
        .collect()
}

/// The ticks that are whole numbers, for counts and indices.
pub(super) fn whole_ticks(low: f64, high: f64, most: usize) -> Vec<Tick> {
    let mut ticks = ticks(low, high, most);
    ticks.retain(|(value, _)| (value - value.round()).abs() < 1e-9);
    for (value, text) in &mut ticks {
        *text = written(*value, 1.0);
    }
    ticks
}

/// The smallest 1, 2, 2.5 or 5 times a power of ten that is not below `least`.
pub(super) fn round_step(least: f64) -> f64 {
    let power = 10_f64.powf(least.log10().floor());
    let factor = [1.0, 2.0, 2.5, 5.0].into_iter().find(|factor| factor * power >= least * (1.0 - 1e-9));
    factor.unwrap_or(10.0) * power
}

/// A tick's value with the decimals that its step needs, and a real minus sign.
fn written(value: f64, step: f64) -> String {
    let value = if value.abs() < step / 2.0 { 0.0 } else { value };
    let text = if value.abs() >= 1e6 || (step < 1e-4 && value != 0.0) {
        let digits = (value.abs().log10().floor() - step.log10().floor() + 1.0).max(0.0) as usize;
        let text = format!("{value:.digits$e}");
        // 2.50e6 is 2.5e6.
        let (number, power) = text.split_once('e').unwrap_or((&text, "0"));
        let number =
            if number.contains('.') { number.trim_end_matches('0').trim_end_matches('.') } else { number };
        format!("{number}e{power}")
    } else {
        let exact = |decimals: &i32| {
            let units = step * 10_f64.powi(*decimals);
            (units - units.round()).abs() < 1e-6 * units
        };
        let decimals = (0..8).find(exact).unwrap_or(8) as usize;
        format!("{value:.decimals$}")
    };
    text.replace('-', "−")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(low: f64, high: f64, most: usize) -> Vec<String> {
        ticks(low, high, most).into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn ticks_are_round_and_few() {
        assert_eq!(texts(0.0, 1000.0, 6), ["0", "200", "400", "600", "800", "1000"]);
        assert_eq!(texts(-71.3, -48.2, 5), ["−70", "−65", "−60", "−55", "−50"]);
        assert_eq!(texts(0.0, 0.3, 3), ["0.0", "0.1", "0.2", "0.3"]);
        assert_eq!(texts(-80.0, 45.0, 6), ["−75", "−50", "−25", "0", "25"]);
        assert_eq!(texts(0.0, 0.5, 2), ["0.00", "0.25", "0.50"]);
        assert_eq!(texts(0.0, 3e6, 3), ["0", "1e6", "2e6", "3e6"]);
        assert_eq!(texts(0.0, 2.5e6, 5), ["0", "500000", "1e6", "1.5e6", "2e6", "2.5e6"]);
    }

    #[test]
    fn a_range_without_length_has_no_ticks() {
        assert!(ticks(1.0, 1.0, 5).is_empty() && ticks(0.0, f64::NAN, 5).is_empty());
        assert!(ticks(0.0, f64::INFINITY, 5).is_empty() && ticks(0.0, 1.0, 0).is_empty());
    }

    #[test]
    fn indices_are_whole() {
        let texts: Vec<_> = whole_ticks(0.0, 1.0, 5).into_iter().map(|(_, text)| text).collect();
        assert_eq!(texts, ["0", "1"]);
    }
}

//! The macro on whole blocks: nothing the user is halfway through typing breaks the rest.

use crate::errors::Errors;
use crate::{expand, tolerant, unit};
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use std::str::FromStr;

/// A block with every kind of item, and what the expansion of each contains.
const SAMPLE: [(&str, &str); 32] = [
    (
        "/// Docs. \n pub struct Net<A: Backend, const N: usize> where A: Clone { /// Scale.\n n: usize, rate: Frequency }",
        "pub struct Net",
    ),
    ("seed 40 + 2;", "__net.seed(40 + 2)"),
    ("simulator sim1: A { processes: 2 * n, timestep: 0.1ms };", "let sim1 = __net.simulator"),
    ("simulator sim2: native::Native { timestep: 0.05ms, .. };", "let sim2 = __net.simulator"),
    ("let (half, rest): (usize, usize) = (n / 2, n - n / 2);", "let (half, rest): (usize, usize) ="),
    (
        "/// Input.\n population input on sim1: [SpikeSourcePoisson { rate, start: 10.0ms, .. }; n];",
        "pub input: ::pynn::Population<A, ",
    ),
    (
        "population exc on sim2: [cells::IfCurrExp { tau_m: -f(20.0ms, &x[1..])?, ..base.clone() }; 4 * n + Self::N];",
        "pub exc: ::pynn::Population<",
    ),
    (
        "population layer[(k, size) in SIZES.iter().enumerate()] on sim2: [IfCondExp; *size];",
        "pub layer: ::std::vec::Vec<",
    ),
    ("initial exc.v ~ Uniform { low: -65.0mV, high: -50.0mV };", "states().v, Uniform {"),
    (
        "structure exc: RandomStructure { boundary: Sphere { radius: 100.0um }, ..base() };",
        "__net.structure(&exc, RandomStructure { boundary: Sphere {",
    ),
    ("space Space { axes: Axes::Xy, .. };", "__net.space(Space { axes: Axes::Xy, ..::core::default"),
    ("/// Some.\n view some = exc[0..n / 2];", "pub some: ::pynn::View<"),
    ("view odd = some.sample(2 * n);", "let odd = __net.sample(&some, 2 * n)"),
    (
        "assembly all = exc[10..] + some + layer[1][[1, 2]];",
        "::pynn::Assembly::from(&exc.slice(10..)); let __member = &some; ",
    ),
    (
        "projection all -> some[1..].excitatory: AllToAll, StaticSynapse { weight: w, delay: of_distance(|d| 0.1ms * d), .. };",
        "(&mut __net, ::core::option::Option::None, &all, ",
    ),
    ("projection some -> all: AllToAll, StaticSynapse;", "default_target_of_all"),
    (
        "projection some -> all: FixedNumberPre { n: Poisson { mean: 5.0, unit: 1.0 }, .. }, StaticSynapse;",
        "n: ::pynn::__private::count(Poisson {",
    ),
    (
        "projection (input, exc[..2], some) -> exc.(if n > 2 { excitatory } else { inhibitory }): OneToOne, StaticSynapse { weight: w, .. };",
        "(&input, &exc.slice(..2), &some)",
    ),
    ("annotate exc: layer = \"4\", \"brain area\" = area(n);", "__net.annotate(&exc, \"brain area\", "),
    ("annotate layer: kind = 4;", "__net.annotate(__member, \"kind\", "),
    ("vary layer[1][..2].tau_m = 20.0ms;", "(&mut __net, &layer[1].slice(..2), <"),
    ("initial some.v ~ base();", "(&mut __net, &some, <"),
    ("vary layer[0].tau_m = move |i: usize, _| 20.0ms * i as f64;", "parameters().tau_m"),
    (
        "projection exc[0..n / 2] -> exc[..].inhibitory: FixedProbability { p_connect: 0.1, .. }, StaticSynapse { weight: -0.1nA, delay: if a { 1.0ms } else { 2.0ms } };",
        "exc.slice(0..n / 2)",
    ),
    (
        "projection drive = input -> layer[k]: sim2::AllToAll, StaticSynapse { weight: |i, j| 0.1nA, .. };",
        "pub drive: ::pynn::Projection",
    ),
    (
        "projection exc -> exc: make(vec![1ms, 2ms]), synapse.clone();",
        "make(vec![::pynn::units::literal::ms(1.0)",
    ),
    (
        "/// Docs.\n inject step = StepCurrentSource { times: [1.0ms, 2.5ms], amplitudes: vec![0.5nA, x] } -> exc[..n / 2];",
        "pub step: ::pynn::Electrode<",
    ),
    ("inject noise.clone() -> layer[0];", "noise.clone()"),
    ("record exc: spikes, v every 2.0 * 0.5ms;", "variables().v"),
    (
        "for (pre, &weight) in table.iter().rev() { projection layer[pre] -> layer[0]: OneToOne, StaticSynapse { weight, .. }; record layer[pre]: v; }",
        "for (pre, &weight) in table.iter().rev()",
    ),
    (
        "if a == 2 && n < 3 { record input: spikes; } else if let Some(x) = y { let z = x; vary exc.cm = z; } else { record layer: spikes; }",
        "else if let Some(x) = y",
    ),
    ("record layer: gsyn_exc;", "variables().gsyn_exc"),
];

fn tokens(text: &str) -> TokenStream {
    TokenStream::from_str(text).expect(text)
}

/// Text without the spaces that depend on how tokens print.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect()
}

/// The expansion, parsed to see that it is valid, as text.
fn expanded(input: TokenStream) -> String {
    let shown = input.to_string();
    let output = expand(input);
    if let Err(error) = syn::parse2::<syn::File>(output.clone()) {
        panic!("{error}\nin\n{output}\nof\n{shown}");
    }
    squeezed(&output.to_string())
}

/// The messages of the `compile_error!`s of an expansion.
fn messages(block: &str) -> Vec<String> {
    let file = syn::parse2::<syn::File>(expand(tokens(block))).expect("items");
    let macros = file.items.into_iter().filter_map(|item| match item {
        syn::Item::Macro(item)
            if item.mac.path.segments.last().is_some_and(|last| last.ident == "compile_error") =>
        {
            Some(item.mac.parse_body::<syn::LitStr>().expect("a message").value())
        }
        _ => None,
    });
    macros.collect()
}

/// Every way to cut the tokens short, also inside groups, whose ends are then closed.
fn prefixes(stream: TokenStream) -> Vec<TokenStream> {
    let mut cuts = vec![TokenStream::new()];
    let mut before = TokenStream::new();
    for token in stream {
        if let TokenTree::Group(group) = &token {
            for inner in prefixes(group.stream()) {
                let mut cut = before.clone();
                cut.extend([TokenTree::Group(Group::new(group.delimiter(), inner))]);
                cuts.push(cut);
            }
        }
        before.extend([token]);
        cuts.push(before.clone());
    }
    cuts
}

/// Every way to leave one token out, and every way to write one twice, also inside groups.
fn slips(stream: TokenStream) -> Vec<TokenStream> {
    let list: Vec<TokenTree> = stream.into_iter().collect();
    let with = |at: usize, replacement: &[TokenTree]| -> TokenStream {
        list[..at].iter().chain(replacement).chain(&list[at + 1..]).cloned().collect()
    };
    let mut slips = Vec::new();
    for (at, token) in list.iter().enumerate() {
        slips.push(with(at, &[]));
        slips.push(with(at, &[token.clone(), token.clone()]));
        if let TokenTree::Group(group) = token {
            for inner in self::slips(group.stream()) {
                slips.push(with(at, &[Group::new(group.delimiter(), inner).into()]));
            }
        }
    }
    slips
}

#[test]
fn the_whole_sample_expands_without_a_mistake() {
    let block: Vec<&str> = SAMPLE.iter().map(|(item, _)| *item).collect();
    let output = expanded(tokens(&block.join("\n")));
    assert_eq!(messages(&block.join("\n")), Vec::<String>::new());
    for (_, fragment) in SAMPLE {
        assert!(output.contains(&squeezed(fragment)), "{fragment}\nin\n{output}");
    }
}

#[test]
fn every_prefix_expands_and_keeps_its_finished_items() {
    for (at, (item, _)) in SAMPLE.iter().enumerate().skip(1) {
        let finished: String = SAMPLE[..at].iter().map(|(item, _)| format!("{item}\n")).collect();
        for prefix in prefixes(tokens(item)) {
            let mut block = tokens(&finished);
            block.extend(prefix.clone());
            let output = expanded(block);
            for (_, fragment) in &SAMPLE[..at] {
                assert!(output.contains(&squeezed(fragment)), "{fragment}\nafter\n{prefix}\nin\n{output}");
            }
        }
    }
}

#[test]
fn every_prefix_in_front_of_finished_items_keeps_them() {
    for (at, (item, _)) in SAMPLE.iter().enumerate().skip(8) {
        let rest: String = SAMPLE
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != at)
            .map(|(_, (item, _))| format!("{item}\n"))
            .collect();
        let (head, tail) = rest.split_at(SAMPLE[0].0.len() + 1);
        for prefix in prefixes(tokens(item)) {
            let mut block = tokens(head);
            block.extend(prefix.clone());
            block.extend(tokens(";"));
            block.extend(tokens(tail));
            let output = expanded(block);
            let simulators =
                ["let sim1 = __net.simulator", "let sim2 = __net.simulator", "pub exc: ::pynn::Population<"];
            for fragment in simulators {
                assert!(output.contains(&squeezed(fragment)), "{fragment}\nafter\n{prefix}\nin\n{output}");
            }
        }
    }
}

#[test]
fn a_token_too_few_or_too_many_spoils_one_item_only() {
    for (at, (item, _)) in SAMPLE.iter().enumerate().skip(1) {
        let (before, after) = (&SAMPLE[..at], &SAMPLE[at + 1..]);
        let join =
            |items: &[(&str, &str)]| items.iter().map(|(item, _)| format!("{item}\n")).collect::<String>();
        for slip in slips(tokens(item)) {
            let mut block = tokens(&join(before));
            block.extend(slip.clone());
            block.extend(tokens(&join(after)));
            let output = expanded(block);
            for (_, fragment) in before {
                assert!(output.contains(&squeezed(fragment)), "{fragment}\nwith\n{slip}\nin\n{output}");
            }
        }
    }
}

#[test]
fn every_prefix_of_the_header_expands_and_every_slip_in_it() {
    let header = tokens(SAMPLE[0].0);
    for prefix in prefixes(header.clone()).into_iter().chain(slips(header)) {
        expanded(prefix.clone());
        let mut block = prefix;
        block.extend(tokens("simulator sim: Native {}; population exc on sim: [IfCurrExp; 1];"));
        expanded(block);
    }
}

#[test]
fn each_mistake_of_a_block_is_reported() {
    let messages = messages(
        "struct Net { n: usize }
         simulator sim: Native { processes: 0, timestep: 0.1ms, threads: 0 };
         popluation wrong on sim: [IfCurrExp; 10];
         population exc on sim: [IfCurrExp { tau_m: 20.0 ms, .. }; 0];
         population exc on sim: [IfCurrExp; 10];
         population inh on sin: [IfCurrExp; 10]
         projection exc -> ihn: AllToAll, StaticSynapse { weight: 0.1nA, delay: 1.0ms };
         projection exc -> exc: FixedProbability { p_connect: 2.0 }, StaticSynapse { weight: -0.1uS, delay: 0.01ms };
         record exc spikes;",
    );
    let expected = [
        "`popluation` begins no item; did you mean `population`?",
        "write the unit as a suffix, without a space: `20.0ms`",
        "missing `;` at the end of this population",
        "expected `:` and what to record",
        "the name `exc` is declared twice",
        "`exc` is first declared here",
        "no simulator is called `sin`; did you mean `sim`?",
        "no population is called `ihn`; did you mean `inh`?",
        "simulator `sim`: processes is 0, but a simulator needs at least one",
        "simulator `sim`: threads is 0, but a simulator needs at least one",
        "population `exc` has size 0, but a population needs at least one cell",
        "`p_connect` is a probability, between 0 and 1; 2 is not",
        "a weight of -0.1uS is negative",
        "a delay of 0.01ms is shorter than the time step of `sim`, 0.1ms",
    ];
    assert_eq!(messages.len(), expected.len(), "{messages:#?}");
    for (message, expected) in messages.iter().zip(expected) {
        assert!(message.starts_with(expected), "{message}\nis not\n{expected}");
    }
}

#[test]
fn mistakes_in_views_and_assemblies_are_reported() {
    let messages = messages(
        "struct Net {}
         simulator sim: Native {};
         population exc on sim: [IfCurrExp; 10];
         population layer[_ in 0..2] on sim: [IfCurrExp; 10];
         view early = late[0..2];
         view late = exc[2..5];
         view typo = ecx[0..2];
         view wrong = exc.smaple(3);
         view empty = exc.sample();
         assembly all = exc + latte;
         assembly family = exc + layer;
         view of_many = all[0..3];
         space Space;
         space Space { axes: Axes::X, .. };
         structure late: Grid2D;
         structure exc[0..3]: Grid2D;
         projection all[0..3] -> late.excitatory: AllToAll, StaticSynapse;
         vary exc[0..1][2..3].tau_m = 10ms;
         initial late.v = -65mV;
         vary late[..2].tau_m = 10ms;
         initial all.v = -65mV;
         vary latte.tau_m = 10ms;
         if true { view inner = exc[0..1]; }",
    );
    let expected = [
        "`smaple` is no way to choose cells; did you mean `sample`?",
        "`sample` needs what to choose",
        "a `view` cannot be declared inside `if`",
        "`late` is declared below `early`, which is made of it; move it up",
        "no population is called `ecx`; did you mean `exc`?",
        "no population is called `latte`; did you mean `late`?",
        "`layer` is a family of populations",
        "`all` is an assembly; choose cells of its populations instead",
        "a view is of one population, and `all` is an assembly",
        "`late` is a view, not a population",
        "`all` is an assembly; choose cells of its populations instead",
        "too many brackets: a population takes one range",
        "`initial` is for cells of one population, and `all` is an assembly; write one for each of its parts",
        "no population is called `latte`; did you mean `late`?",
        "a network has one `space`",
        "the first `space` is here",
        "`structure` is for all cells of a population; leave the brackets out",
    ];
    assert_eq!(messages.len(), expected.len(), "{messages:#?}");
    for (message, expected) in messages.iter().zip(expected) {
        assert!(message.starts_with(expected), "{message}\nis not\n{expected}");
    }
}

#[test]
fn a_broken_declaration_has_no_follow_up() {
    let messages = messages(
        "struct Net {}
         simulator sim: Native {};
         population exc on [IfCurrExp; 10];
         for k in 0..3 { population inh on sim: [IfCurrExp; k]; }
         projection exc -> inh: AllToAll, StaticSynapse;
         initial exc.v = -65mV;
         record inh: spikes;",
    );
    assert_eq!(messages.len(), 2, "{messages:#?}");
}

#[test]
fn a_delay_between_simulators_obeys_both_time_steps() {
    let block = |delay: &str| {
        format!(
            "struct Net {{}} simulator slow: Native {{ timestep: 1ms }}; simulator fast: Native {{ timestep: 100us }};
             population a on slow: [IfCurrExp; 1]; population b on fast: [IfCurrExp; 1];
             projection a -> b: OneToOne, StaticSynapse {{ weight: 0.1nA, delay: {delay} }};"
        )
    };
    assert_eq!(messages(&block("1.3ms")), Vec::<String>::new());
    assert_eq!(
        messages(&block("0.5ms")),
        [
            "a delay of 0.5ms is shorter than the time step of `slow`, 1.0ms; raise the delay or shorten the time step"
        ]
    );
    assert_eq!(
        messages(&block("1.25ms")),
        [
            "a delay of 1.25ms is no multiple of the time step of the target's simulator `fast`, 100.0us; use 1.2ms or 1.3ms"
        ]
    );
}

#[test]
fn units_are_written_out_at_any_depth() {
    let written = |text: &str| squeezed(&unit::rewrite(tokens(text)).to_string());
    let ms = "::pynn::units::literal::ms";
    assert_eq!(written("20ms"), format!("{ms}(20.0)"));
    assert_eq!(written("1_000.5ms"), format!("{ms}(1000.5)"));
    assert_eq!(written("1e-3ms"), format!("{ms}(1e-3)"));
    assert_eq!(written("-vec![f(|x| [x, 2.0ms])]"), format!("-vec![f(|x|[x,{ms}(2.0)])]"));
    assert_eq!(written("20 ms"), format!("{ms}(20.0)"));
    assert_eq!(written("20.0msec"), format!("{ms}(20.0)"));
    assert_eq!(written("1u8 + 2.0f64 + x.0"), "1u8+2.0f64+x.0");
    assert_eq!(written("3.0parsecs"), "::pynn::units::literal::parsecs(3.0)");
}

#[test]
fn units_that_are_nearly_right_are_named() {
    let complaints = |text: &str| {
        let mut errors = Errors::default();
        unit::check(tokens(text), &mut errors);
        errors.messages().concat()
    };
    assert_eq!(complaints("[20.0mss]"), "there is no unit `mss`; did you mean `ms`, as in `20.0ms`?");
    assert_eq!(complaints("2hz"), "there is no unit `hz`; did you mean `Hz`, as in `2Hz`?");
    assert_eq!(complaints("5\u{b5}s"), "there is no unit `\u{b5}s`; did you mean `us`, as in `5us`?");
    assert_eq!(complaints("f(1.5 nA)"), "write the unit as a suffix, without a space: `1.5nA`");
    assert_eq!(complaints("20.0parsecs + 1.0mV + 2u8"), "");
}

#[test]
fn only_what_surely_parses_goes_out_bare() {
    let accepted = [
        "n",
        "-5.0 * j",
        "4 * n + 1",
        "a.b.c(1, 2)?.d",
        "0..n / 2",
        "..",
        "..=3",
        "x[1][..2]",
        "Foo { a: 1, b, ..c }",
        "vec![1 2 ;]",
        "f::<A, B>(x)",
        "|i| i + 1",
        "move |a: &[f64], (b, _)| a[b]",
        "&mut x",
        "!a && b || c == d",
        "[0.0; 3]",
        "(1, 2,)",
        "Self::N",
        "a << 2",
        "crate::x::Y",
        "\"text\".len()",
        "x.0.1",
        "()",
    ];
    for text in accepted {
        assert!(tolerant::is_expression(&tokens(text)), "{text}");
    }
    let doubtful = [
        "",
        "a +",
        "a.",
        "a b",
        "a < b < c",
        "if a { b } else { c }",
        "a as f64",
        "f(,)",
        "x = ",
        "|a",
        "|a| ",
        "a::",
        "Foo { a: }",
        "-> x",
        "1 ms",
        "..=",
        "[1; ]",
        "{ a }",
        "a => b",
        "@",
        "a..b..c",
        "..=",
    ];
    for text in doubtful {
        assert!(!tolerant::is_expression(&tokens(text)), "{text}");
    }
    for text in ["a", "(a, _)", "&(a, mut b)", "Some(x)", "[a, b]", "ref x", "a::B(c)"] {
        assert!(tolerant::is_pattern(&tokens(text)), "{text}");
    }
    for text in ["a +", "Foo { a }", "1", "a b", "@"] {
        assert!(!tolerant::is_pattern(&tokens(text)), "{text}");
    }
}

#[test]
fn a_network_in_a_macro_of_the_users_may_group_its_values() {
    let mut block = tokens("struct Net {} simulator sim: Native { timestep: 0.1ms }; population exc on sim:");
    let size = TokenTree::Group(Group::new(Delimiter::None, tokens("2 + 3")));
    let mut inside = tokens("IfCurrExp { tau_m: 20.0ms, .. };");
    inside.extend([size]);
    block.extend([TokenTree::Group(Group::new(Delimiter::Bracket, inside))]);
    block.extend(tokens(";"));
    assert!(expanded(block).contains("let__size=2+3;"));
}

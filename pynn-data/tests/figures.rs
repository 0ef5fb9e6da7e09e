//! Figures as files: what is written, and what is refused in which words.
#![cfg(feature = "plot")]

use std::path::PathBuf;

use pynn_core::ErrorKind;
use pynn_core::network::Selection;
use pynn_core::recording::{SpikeData, TraceData};
use pynn_core::units::ms;
use pynn_data::{Figure, Raster, RateBars, Rates, Traces};

/// A file that goes when the test ends.
struct Temporary(PathBuf);

impl Temporary {
    fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("pynn_data_{}_{name}", std::process::id())))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        std::fs::remove_file(&self.0).ok();
    }
}

/// `count` spikes spread over 1 s by the golden ratio.
fn spikes(population: &str, size: usize, count: usize) -> SpikeData {
    let times = (0..count).map(|n| (n as f64 * 0.618_033_988_75).fract() * 1000.0).collect();
    let indices = (0..count).map(|n| (n.wrapping_mul(7919) % size) as u32).collect();
    SpikeData { population: population.into(), size, stop: 1000.0, times, indices, ..SpikeData::default() }
}

fn voltage(size: usize, rows: usize) -> TraceData {
    let values = (0..rows * size).map(|n| -65.0 + (n as f64 * 0.01).sin()).collect();
    let (population, variable, unit) = ("hh".to_string(), "v".to_string(), "mV".to_string());
    TraceData { population, variable, unit, size, interval: 0.1, values, ..TraceData::default() }
}

/// The figure's size in pixels and the file's length, after a look at the signature.
fn saved_as_png(figure: &Figure<'_>, name: &str) -> ((u32, u32), usize) {
    let file = Temporary::new(name);
    figure.save(&file.0).unwrap();
    let bytes = std::fs::read(&file.0).unwrap();
    assert!(bytes.starts_with(b"\x89PNG\r\n\x1a\n"));
    let number = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
    ((number(16), number(20)), bytes.len())
}

fn refusal(figure: &Figure<'_>) -> String {
    let error = figure.to_svg().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Usage);
    error.message().to_string()
}

#[test]
fn all_kinds_of_panels_go_to_png_and_svg() {
    let (exc, inh, v) = (spikes("exc", 80, 500), spikes("inh", 20, 300), voltage(2, 1000));
    let figure = Figure::new("Two simulators")
        .panel(Raster::of([&exc, &inh]).title("Spikes"))
        .panel(Traces::of(&v).cells([0, 1]))
        .panel(Rates::of([&exc, &inh]).bin(5.0 * ms))
        .panel(RateBars::of([&exc, &inh]));
    let ((width, height), length) = saved_as_png(&figure, "all.PNG");
    assert_eq!(width, 1600);
    assert!(height > 1000 && length > 20_000, "{height} {length}");

    let file = Temporary::new("all.svg");
    figure.save(&file.0).unwrap();
    let svg = std::fs::read_to_string(&file.0).unwrap();
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
    for text in [
        "Two simulators",
        "Spikes",
        "exc",
        "6.2 Hz",
        "hh[1]",
        "v (mV)",
        "rate (Hz)",
        "5 ms bins",
        "time (ms)",
    ] {
        assert!(svg.contains(&format!(">{text}<")), "{text}");
    }
}

#[test]
fn each_spike_of_a_sparse_raster_is_a_mark() {
    let exc = spikes("exc", 1000, 700);
    let svg = Figure::new("").panel(Raster::of(&exc)).to_svg().unwrap();
    let path = svg.lines().find(|line| line.starts_with("<path")).unwrap();
    assert_eq!(path.matches('M').count(), 700);
}

#[test]
fn two_million_spikes_stay_a_small_file() {
    let (exc, inh) = (spikes("exc", 8000, 1_500_000), spikes("inh", 2000, 500_000));
    let figure = Figure::new("").panel(Raster::of([&exc, &inh]));
    let svg = figure.to_svg().unwrap();
    assert!((10_000..8_000_000).contains(&svg.len()), "{}", svg.len());
    let (_, length) = saved_as_png(&figure, "huge.png");
    assert!(length < 8_000_000);
}

#[test]
fn a_long_trace_keeps_its_peak_and_little_else() {
    let mut v = voltage(1, 1_000_000);
    v.values[700_001] = 40.0;
    let svg = Figure::new("").panel(Traces::of(&v)).to_svg().unwrap();
    assert!(svg.len() < 200_000, "{}", svg.len());
    assert!(svg.contains(">40<"));
}

#[test]
fn nothing_recorded_gives_empty_panels_with_axes() {
    let silent = SpikeData { population: "silent".into(), size: 10, stop: 100.0, ..SpikeData::default() };
    let (nothing, none, no_samples) = (SpikeData::default(), Vec::<SpikeData>::new(), TraceData::default());
    let figure = Figure::new("")
        .panel(Raster::of([&silent, &nothing]))
        .panel(Raster::of(&none))
        .panel(Traces::of(&no_samples))
        .panel(Rates::of([&silent, &nothing]))
        .panel(RateBars::of(&none));
    saved_as_png(&figure, "empty.png");
    let svg = figure.to_svg().unwrap();
    for text in ["silent", "0 Hz", "no populations", "no samples", "100"] {
        assert!(svg.contains(&format!(">{text}<")), "{text}");
    }
    saved_as_png(&Figure::new(""), "nothing.png");
}

#[test]
fn a_recording_without_length_is_drawn() {
    let zero = SpikeData { population: "zero".into(), size: 1, ..SpikeData::default() };
    let figure = Figure::new("").panel(Raster::of(&zero)).panel(Rates::of(&zero)).panel(RateBars::of(&zero));
    saved_as_png(&figure, "zero.png");
}

#[test]
fn one_cell_with_a_long_name_is_drawn_with_the_name_shortened() {
    let name = "a_single_cell_whose_name_is_longer_than_any_margin";
    let (one, exc) = (spikes(name, 1, 20), spikes("exc", 5000, 100));
    let figure = Figure::new(name.repeat(9)).panel(Raster::of([&exc, &one])).panel(RateBars::of(&one));
    saved_as_png(&figure, "one.png");
    let svg = figure.to_svg().unwrap();
    assert!(svg.contains("a_single_cell") && svg.contains("…<") && !svg.contains(&format!(">{name}<")));
}

#[test]
fn odd_numbers_in_the_data_are_left_out() {
    let mut odd = spikes("odd", 3, 4);
    odd.times = vec![f64::NAN, f64::INFINITY, -5.0, 10.0];
    odd.indices = vec![0, 1, 2, 99];
    let endless = SpikeData { stop: f64::INFINITY, ..spikes("endless", 3, 4) };
    let mut v = voltage(2, 50);
    v.values[20] = f64::NAN;
    v.values[31] = f64::INFINITY;
    let constant = TraceData { values: vec![-65.0; 40], ..voltage(1, 1) };
    let figure = Figure::new("")
        .panel(Raster::of([&odd, &endless]))
        .panel(Traces::of([&v, &constant]))
        .panel(Rates::of([&odd, &endless]))
        .panel(RateBars::of([&odd, &endless]));
    saved_as_png(&figure, "odd.png");
    let svg = figure.to_svg().unwrap();
    assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
}

#[test]
fn names_are_escaped_in_svg() {
    let odd = spikes("<a & \"b\">", 3, 4);
    let svg = Figure::new("<&>").panel(RateBars::of(&odd)).to_svg().unwrap();
    assert!(svg.contains("&lt;a &amp; &quot;b&quot;&gt;") && svg.contains("<title>&lt;&amp;&gt;</title>"));
}

#[test]
fn size_scale_and_window_are_obeyed() {
    let exc = spikes("exc", 100, 1000);
    let figure =
        Figure::new("Part").panel(Raster::of(&exc)).panel(Rates::of(&exc)).width(400).height(300).scale(1.0);
    assert_eq!(saved_as_png(&figure, "size.png").0, (400, 300));
    let svg = figure.between(200.0 * ms, 300.0 * ms).to_svg().unwrap();
    assert!(svg.contains(">250<") && !svg.contains(">1000<"));
}

#[test]
fn another_extension_is_refused_with_those_that_there_are() {
    let figure = Figure::new("");
    for name in ["raster.pdf", "raster"] {
        let error = figure.save(name).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::File);
        let expected =
            format!("cannot tell what kind of picture `{name}` is: the name must end in .png or .svg");
        assert_eq!(error.message(), expected);
    }
}

#[test]
fn a_file_that_cannot_be_written_is_named_with_the_remedy() {
    for name in ["/no/such/folder/a.png", "/no/such/folder/a.svg"] {
        let error = Figure::new("").save(name).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::File);
        let expected =
            format!("cannot write `{name}`: there is no folder `/no/such/folder`; create it first");
        assert_eq!(error.message(), expected);
    }
}

#[test]
fn what_cannot_be_drawn_is_refused_with_its_name() {
    let (v, exc) = (voltage(2, 10), spikes("exc", 3, 4));
    let g = TraceData { variable: "gsyn_exc".into(), unit: "uS".into(), ..voltage(2, 10) };
    assert_eq!(
        refusal(&Figure::new("").panel(Traces::of(&v).cells([1, 2]))),
        "cannot draw v of cell 2 of `hh`: it has 2 cells, counted from 0"
    );
    let cells = Some(Selection::List([1, 7].into()));
    let part = TraceData { size: 10, cells, ..voltage(2, 10) };
    assert_eq!(
        refusal(&Figure::new("").panel(Traces::of(&part).cells([7, 2]))),
        "cannot draw v of cell 2 of `hh`: recorded are the cells [1, 7]"
    );
    assert_eq!(
        refusal(&Figure::new("").panel(Traces::of([&v, &g]))),
        "cannot draw v of `hh` in mV and gsyn_exc of `hh` in uS on one axis: give each its own panel"
    );
    let bins = |width| refusal(&Figure::new("").panel(Rates::of(&exc).bin(width * ms)));
    assert!(bins(0.0).contains("bins of 0 ms") && bins(f64::NAN).contains("longer than 0 ms"));
    assert!(bins(1e-9).ends_with("there are too many; 1 ms will do"));
    assert!(refusal(&Figure::new("").between(2.0 * ms, 1.0 * ms)).contains("from 2 ms to 1 ms"));
    assert!(refusal(&Figure::new("").width(3)).contains("width of 3 px"));
    assert!(refusal(&Figure::new("").scale(f64::NAN)).contains("scale of NaN"));
    assert!(refusal(&Figure::new("").panel(Raster::of(&exc).height(u32::MAX))).contains("less height"));
    let large = Temporary::new("large.png");
    let error = Figure::new("").width(20_000).height(20_000).scale(8.0).save(&large.0).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Usage);
    assert!(!large.0.exists());
}

#[test]
fn the_rows_of_a_raster_are_those_of_the_recorded_cells() {
    let part = SpikeData { cells: Some(Selection::Range(60..80)), ..spikes("exc", 80, 500) };
    let svg = Figure::new("").panel(Raster::of(&part)).to_svg().unwrap();
    let numbers: Vec<usize> =
        svg.split('>').filter_map(|text| text.split('<').next()?.parse().ok()).filter(|n| *n <= 80).collect();
    assert!(numbers.contains(&60) && numbers.iter().all(|n| *n == 0 || *n >= 60), "{numbers:?}");
}

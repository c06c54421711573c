//! The workloads with Rerun's Rust SDK: rerun-rust-peer <workload> <calls> <file>
//! Prints one line of JSON.

mod data;
mod programs;

use std::time::Instant;

use re_sdk::RecordingStreamBuilder;
use re_sdk_types::archetypes::TextLog;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, workload, calls, file] = arguments.as_slice() else {
        return Err("usage: rerun-rust-peer <workload> <calls> <file>".into());
    };
    let calls: usize = calls.parse()?;
    let run = programs::program(workload, calls).ok_or("there is no such workload")?;

    let rec = RecordingStreamBuilder::new("benchmark").recording_id(workload.as_str()).save(file)?;
    rec.log_static("begin", &TextLog::new("begin"))?;

    let cpu_before = cpu_seconds();
    let before = Instant::now();
    run(&rec)?;
    rec.flush_blocking()?;
    rec.disconnect();
    let seconds = before.elapsed().as_secs_f64();
    let cpu_seconds = cpu_seconds() - cpu_before;

    let bytes = std::fs::metadata(file)?.len();
    let peak_bytes = peak_bytes();
    println!(
        r#"{{"calls":{calls},"seconds":{seconds},"cpuSeconds":{cpu_seconds},"bytes":{bytes},"peakBytes":{peak_bytes}}}"#
    );
    Ok(())
}

/// User and system time of the whole process, which Linux counts in hundredths of a second; 0 elsewhere.
fn cpu_seconds() -> f64 {
    let Ok(stat) = std::fs::read_to_string("/proc/self/stat") else { return 0.0 };
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}

/// The most memory that the process had; 0 where it is not known.
fn peak_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kibibytes| kibibytes.parse::<u64>().ok()).unwrap_or(0) * 1024
}

//! The workloads, as a user would write them. What is logged is made when a program is; it runs later.

use re_sdk::{RecordingStream, TimelineName, log::TimeColumn};
use re_sdk_types::archetypes::{Image, Points3D, Scalars, TextLog, Transform3D};
use re_sdk_types::datatypes::Quaternion;

use crate::data::{colors, fractions, line, picture, vectors};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// A workload, ready to run.
pub type Program = Box<dyn FnOnce(&RecordingStream) -> Result<()>>;

pub fn program(workload: &str, calls: usize) -> Option<Program> {
    match workload {
        "w1" => Some(w1(calls)),
        "w2" => Some(w2(calls)),
        "w3" => Some(w3(calls)),
        "w4" => Some(w4(calls)),
        "w5a" => Some(log_images(calls, 640, 480)),
        "w5b" => Some(log_images(calls, 1920, 1080)),
        "w6" => Some(w6(calls)),
        "w7" => Some(w7(calls)),
        "w8a" => Some(send_scalars(calls, 10_000_000)),
        "w8b" => Some(send_scalars(calls, 100_000)),
        "w11" => Some(log_entities(calls, 10_000)),
        "w11b" => Some(log_entities(calls, 100_000)),
        "w12" => Some(w12(calls)),
        _ => None,
    }
}

fn w1(calls: usize) -> Program {
    let values = fractions(calls, 1, 1.0, 0);
    Box::new(move |rec| {
        for (i, value) in values.into_iter().enumerate() {
            rec.set_time_sequence("step", i as i64);
            rec.log("scalar", &Scalars::single(value))?;
        }
        Ok(())
    })
}

fn w2(calls: usize) -> Program {
    let values = fractions(calls, 2, 1.0, 0);
    let paths: Vec<String> = (0..100).map(|joint| format!("robot/joint_{joint}/position")).collect();
    Box::new(move |rec| {
        for (step, row) in values.chunks_exact(paths.len()).enumerate() {
            rec.set_time_sequence("step", step as i64);
            for (path, value) in paths.iter().zip(row) {
                rec.log(path.as_str(), &Scalars::single(*value))?;
            }
        }
        Ok(())
    })
}

fn w3(calls: usize) -> Program {
    let positions = vectors::<3>(calls * 10, 3, 100.0, 0);
    let colors = colors(calls * 10, 4, 0);
    Box::new(move |rec| {
        for (i, (positions, colors)) in positions.chunks_exact(10).zip(colors.chunks_exact(10)).enumerate() {
            rec.set_time_sequence("step", i as i64);
            let points = Points3D::new(positions.iter().copied()).with_colors(colors.iter().copied());
            rec.log("points", &points)?;
        }
        Ok(())
    })
}

fn w4(calls: usize) -> Program {
    const POINTS: usize = 100_000;
    let clouds: Vec<_> = (0..4)
        .map(|cloud| {
            let positions = vectors::<3>(POINTS, 5, 100.0, cloud * POINTS * 3);
            let radii: Vec<f32> = vectors::<1>(POINTS, 7, 0.1, cloud * POINTS).into_iter().map(|[radius]| radius).collect();
            (positions, colors(POINTS, 6, cloud * POINTS), radii)
        })
        .collect();
    Box::new(move |rec| {
        for i in 0..calls {
            let (positions, colors, radii) = &clouds[i % clouds.len()];
            rec.set_time_sequence("step", i as i64);
            let points = Points3D::new(positions.iter().copied())
                .with_colors(colors.iter().copied())
                .with_radii(radii.iter().copied());
            rec.log("cloud", &points)?;
        }
        Ok(())
    })
}

fn log_images(calls: usize, width: usize, height: usize) -> Program {
    let frames: Vec<_> = (0..4).map(|frame| picture(width, height, frame)).collect();
    let size = [width as u32, height as u32];
    Box::new(move |rec| {
        for i in 0..calls {
            rec.set_time_sequence("frame", i as i64);
            rec.log("camera", &Image::from_rgb24(frames[i % frames.len()].clone(), size))?;
        }
        Ok(())
    })
}

fn w6(calls: usize) -> Program {
    let translations = vectors::<3>(calls, 9, 10.0, 0);
    let quaternions = vectors::<4>(calls, 10, 1.0, 0);
    Box::new(move |rec| {
        for (i, (translation, quaternion)) in translations.into_iter().zip(quaternions).enumerate() {
            rec.set_time_sequence("step", i as i64);
            rec.log("arm", &Transform3D::from_translation_rotation(translation, Quaternion::from_xyzw(quaternion)))?;
        }
        Ok(())
    })
}

fn w7(calls: usize) -> Program {
    let lines: Vec<String> = (0..calls).map(line).collect();
    Box::new(move |rec| {
        for (i, text) in lines.iter().enumerate() {
            rec.set_time_sequence("step", i as i64);
            rec.log("logs", &TextLog::new(text.as_str()).with_level("INFO"))?;
        }
        Ok(())
    })
}

fn log_entities(calls: usize, entities: usize) -> Program {
    let values = fractions(calls, 13, 1.0, 0);
    let paths: Vec<String> = (0..entities).map(|entity| format!("fleet/robot_{entity}/battery")).collect();
    Box::new(move |rec| {
        for (step, row) in values.chunks(paths.len()).enumerate() {
            rec.set_time_sequence("step", step as i64);
            for (path, value) in paths.iter().zip(row) {
                rec.log(path.as_str(), &Scalars::single(*value))?;
            }
        }
        Ok(())
    })
}

fn w12(calls: usize) -> Program {
    let values = fractions(calls, 14, 1.0, 0);
    let names = (0..20).map(|index| format!("clock_{index}"));
    let timelines: Vec<_> = names.map(|name| TimelineName::try_new(name).unwrap()).collect();
    Box::new(move |rec| {
        for (i, value) in values.into_iter().enumerate() {
            for (clock, timeline) in timelines.iter().enumerate() {
                rec.set_time_sequence(*timeline, (i * (clock + 1)) as i64);
            }
            rec.log("scalar", &Scalars::single(value))?;
        }
        Ok(())
    })
}

fn send_scalars(calls: usize, rows: usize) -> Program {
    let steps: Vec<i64> = (0..(calls * rows) as i64).collect();
    let values = fractions(calls * rows, 12, 1.0, 0);
    Box::new(move |rec| {
        for (steps, values) in steps.chunks_exact(rows).zip(values.chunks_exact(rows)) {
            let times = TimeColumn::new_sequence("step", steps.iter().copied());
            let scalars = Scalars::new(values.iter().copied()).columns_of_unit_batches()?;
            rec.send_columns("column", [times], scalars)?;
        }
        Ok(())
    })
}

//! The values that are logged; data.mjs says the same in JavaScript.

fn hash(index: usize, seed: u32) -> u32 {
    let mut x = (index as u32).wrapping_add(seed);
    x = (x ^ (x >> 16)).wrapping_mul(0x85eb_ca6b);
    x = (x ^ (x >> 13)).wrapping_mul(0xc2b2_ae35);
    x ^ (x >> 16)
}

pub fn fractions(count: usize, seed: u32, scale: f64, from: usize) -> Vec<f64> {
    (from..from + count).map(|index| f64::from(hash(index, seed)) / 4_294_967_296.0 * scale).collect()
}

/// Vectors of `N` fractions.
pub fn vectors<const N: usize>(count: usize, seed: u32, scale: f64, from: usize) -> Vec<[f32; N]> {
    let numbers = fractions(count * N, seed, scale, from);
    numbers.chunks_exact(N).map(|chunk| std::array::from_fn(|axis| chunk[axis] as f32)).collect()
}

pub fn colors(count: usize, seed: u32, from: usize) -> Vec<u32> {
    (from..from + count).map(|index| hash(index, seed) | 0xff).collect()
}

pub fn picture(width: usize, height: usize, frame: usize) -> Vec<u8> {
    let size = width * height * 3;
    (0..size)
        .map(|at| {
            let (pixel, channel) = (at / 3, at % 3);
            let slope = ((pixel % width + pixel / width) >> 2) + channel * 85;
            slope as u8 ^ (hash(frame * size + at, 8) & 3) as u8
        })
        .collect()
}

pub fn line(index: usize) -> String {
    let number = hash(index, 11);
    format!(
        "[{index:08}] planner: state=TRACKING latency={:03}us queue={:02} goal={number:08x} status=ok",
        number % 1000,
        number % 17
    )
}

//! Writes a workspace of large pipelines. The arguments are their number, their nodes, their shape, and the folder.

use pipec_tests::large::{Shape, pipeline};
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().ok_or("pipelines, nodes, shape and folder, please");
    let pipelines: usize = next()?.parse()?;
    let nodes: usize = next()?.parse()?;
    let shape = Shape::named(&next()?).ok_or("the shape is service, stages or globs")?;
    let folder = PathBuf::from(next()?);
    std::fs::create_dir_all(&folder)?;
    for number in 0..pipelines {
        std::fs::write(folder.join(format!("service-{number}.pipe")), pipeline(number, nodes, shape))?;
    }
    Ok(())
}

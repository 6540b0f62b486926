//! The layout of a graph in columns, with few crossings.
//!
//! A line that passes a column gets its own lane through it. For example, the edges `a → b`, `b → c` and `a → c` give
//! three columns, and a lane for `a → c` in the column of `b`.

use std::collections::{BTreeMap, BTreeSet};

/// A graph to lay out.
pub(crate) struct Input<'a> {
    /// The width and height of each item.
    pub(crate) sizes: &'a [(f64, f64)],
    /// The edges, from predecessor to successor. A circle is cut at the first edge that closes it.
    pub(crate) edges: &'a [(usize, usize)],
    /// The distance between columns.
    pub(crate) gap: f64,
    /// The distance between items of one column.
    pub(crate) rise: f64,
}

/// A layout.
pub(crate) struct Placed {
    /// The upper left corner of each item.
    pub(crate) corners: Vec<(f64, f64)>,
    /// The number of items in the column of each item, with lanes.
    pub(crate) neighbours: Vec<usize>,
    pub(crate) width: f64,
    pub(crate) height: f64,
    /// The lines. A line that several edges share is drawn once.
    pub(crate) lines: Vec<Line>,
}

/// A line from the right side of one item to the left side of another.
pub(crate) struct Line {
    pub(crate) from: (f64, f64),
    pub(crate) to: (f64, f64),
    /// The x coordinate where its straight part ends. That is after a lane, or at the end of its column.
    pub(crate) through: Option<f64>,
    /// Whether it ends at an item. Otherwise it ends in a lane.
    pub(crate) arrives: bool,
}

/// The height of a lane.
const LANE: f64 = 10.0;

/// The number of rounds that improve the order of the columns.
const SWEEPS: usize = 8;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Item {
    Thing(usize),
    /// The lane through a column that leads to an item.
    Lane(usize, usize),
}

pub(crate) fn place(input: &Input<'_>) -> Placed {
    let levels = levels(input.sizes.len(), input.edges);
    let links = links(input.edges, &levels);
    let columns = ordered(columns(&levels, &links), &links);

    let height_of = |item: &Item| match item {
        Item::Thing(thing) => input.sizes.get(*thing).map_or(0.0, |size| size.1),
        Item::Lane(..) => LANE,
    };
    let tall = |column: &Vec<Item>| {
        let gaps = column.len().saturating_sub(1) as f64;
        column.iter().map(height_of).sum::<f64>() + gaps * input.rise
    };
    let height = columns.iter().map(tall).fold(0.0, f64::max);
    let mut boxes: BTreeMap<Item, (f64, f64, f64, f64)> = BTreeMap::new();
    let mut neighbours = vec![0; input.sizes.len()];
    // The right edge of each item's column.
    let mut edges = vec![0.0; input.sizes.len()];
    let mut x = 0.0;
    for column in &columns {
        let width = column
            .iter()
            .map(|item| match item {
                Item::Thing(thing) => input.sizes.get(*thing).map_or(0.0, |size| size.0),
                Item::Lane(..) => 0.0,
            })
            .fold(0.0, f64::max);
        let mut y = (height - tall(column)) / 2.0;
        for item in column {
            let own = height_of(item);
            let wide = match item {
                Item::Thing(thing) => input.sizes.get(*thing).map_or(0.0, |size| size.0),
                Item::Lane(..) => width,
            };
            boxes.insert(*item, (x, y, wide, own));
            if let Item::Thing(thing) = item
                && let Some(edge) = edges.get_mut(*thing)
            {
                *edge = x + width;
            }
            if let Item::Thing(thing) = item
                && let Some(count) = neighbours.get_mut(*thing)
            {
                *count = column.len();
            }
            y += own + input.rise;
        }
        x += width + input.gap;
    }
    let lines = links
        .iter()
        .filter_map(|(from, to)| {
            let (from_x, from_y, from_width, from_height) = boxes.get(from)?;
            let (to_x, to_y, _, to_height) = boxes.get(to)?;
            let right = (from_x + from_width, from_y + from_height / 2.0);
            let (start, through) = match from {
                Item::Thing(thing) => (right.0, edges.get(*thing).copied().filter(|edge| *edge > right.0)),
                Item::Lane(..) => (*from_x, Some(right.0)),
            };
            Some(Line {
                from: (start, right.1),
                to: (*to_x, to_y + to_height / 2.0),
                through,
                arrives: matches!(to, Item::Thing(_)),
            })
        })
        .collect();
    let corners = (0..input.sizes.len())
        .map(|thing| boxes.get(&Item::Thing(thing)).map_or((0.0, 0.0), |(x, y, ..)| (*x, *y)))
        .collect();
    Placed { corners, neighbours, width: (x - input.gap).max(0.0), height, lines }
}

/// The length of the longest path to each item.
fn levels(number: usize, edges: &[(usize, usize)]) -> Vec<usize> {
    let mut levels = vec![0_usize; number];
    // Each round completes the items whose predecessors are complete. So as many rounds as items complete everything
    // except circles.
    for _ in 0..number {
        let mut changed = false;
        for (from, to) in edges {
            let wanted = levels.get(*from).map_or(0, |level| level + 1);
            if let Some(level) = levels.get_mut(*to)
                && *level < wanted
                && wanted < number
            {
                *level = wanted;
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    levels
}

/// Each edge as a chain of links between neighbouring columns. Edges to the same item share their lanes.
fn links(edges: &[(usize, usize)], levels: &[usize]) -> BTreeSet<(Item, Item)> {
    let level = |thing: usize| levels.get(thing).copied().unwrap_or(0);
    let mut links = BTreeSet::new();
    for (from, to) in edges {
        let mut at = Item::Thing(*from);
        for column in level(*from) + 1..level(*to) {
            let lane = Item::Lane(column, *to);
            links.insert((at, lane));
            at = lane;
        }
        if level(*from) < level(*to) {
            links.insert((at, Item::Thing(*to)));
        }
    }
    links
}

fn columns(levels: &[usize], links: &BTreeSet<(Item, Item)>) -> Vec<Vec<Item>> {
    let depth = levels.iter().max().map_or(0, |level| level + 1);
    let mut columns = vec![Vec::new(); depth];
    for (thing, level) in levels.iter().enumerate() {
        if let Some(column) = columns.get_mut(*level) {
            column.push(Item::Thing(thing));
        }
    }
    let lanes: BTreeSet<Item> =
        links.iter().map(|(_, to)| *to).filter(|item| matches!(item, Item::Lane(..))).collect();
    for lane in lanes {
        if let Item::Lane(column, _) = lane
            && let Some(column) = columns.get_mut(column)
        {
            column.push(lane);
        }
    }
    columns
}

/// The columns in the order with the fewest crossings that the rounds find. Items without a better place keep their
/// order.
fn ordered(mut columns: Vec<Vec<Item>>, links: &BTreeSet<(Item, Item)>) -> Vec<Vec<Item>> {
    let mut best = columns.clone();
    let mut fewest = crossings(&columns, links);
    for sweep in 0..SWEEPS {
        if fewest == 0 {
            break;
        }
        let forward = sweep % 2 == 0;
        let order: Vec<usize> = if forward {
            (1..columns.len()).collect()
        } else {
            (0..columns.len().saturating_sub(1)).rev().collect()
        };
        for place in order {
            let neighbour = if forward { place.wrapping_sub(1) } else { place + 1 };
            let positions: BTreeMap<Item, usize> =
                columns.get(neighbour).into_iter().flatten().copied().zip(0..).collect();
            let Some(column) = columns.get_mut(place) else { continue };
            let mut keyed: Vec<(f64, usize, Item)> = column
                .iter()
                .zip(0..)
                .map(|(item, old)| {
                    let near: Vec<usize> = links
                        .iter()
                        .filter_map(|(from, to)| match forward {
                            true if to == item => positions.get(from).copied(),
                            false if from == item => positions.get(to).copied(),
                            _ => None,
                        })
                        .collect();
                    let middle = match near.len() {
                        0 => old as f64,
                        number => near.iter().sum::<usize>() as f64 / number as f64,
                    };
                    (middle, old, *item)
                })
                .collect();
            keyed.sort_by(|left, right| left.0.total_cmp(&right.0).then(left.1.cmp(&right.1)));
            *column = keyed.into_iter().map(|(_, _, item)| item).collect();
        }
        let now = crossings(&columns, links);
        if now < fewest {
            fewest = now;
            best.clone_from(&columns);
        }
    }
    best
}

fn crossings(columns: &[Vec<Item>], links: &BTreeSet<(Item, Item)>) -> usize {
    let mut number = 0;
    for (left, right) in columns.iter().zip(columns.iter().skip(1)) {
        let from: BTreeMap<Item, usize> = left.iter().copied().zip(0..).collect();
        let to: BTreeMap<Item, usize> = right.iter().copied().zip(0..).collect();
        let here: Vec<(usize, usize)> =
            links.iter().filter_map(|(one, other)| Some((*from.get(one)?, *to.get(other)?))).collect();
        for (place, (a, b)) in here.iter().enumerate() {
            number +=
                here.iter().skip(place + 1).filter(|(c, d)| (a < c && b > d) || (a > c && b < d)).count();
        }
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placed(number: usize, edges: &[(usize, usize)]) -> Placed {
        let sizes = vec![(100.0, 20.0); number];
        place(&Input { sizes: &sizes, edges, gap: 40.0, rise: 10.0 })
    }

    #[test]
    fn predecessors_are_on_the_left() {
        let placed = placed(4, &[(0, 2), (1, 2), (2, 3)]);
        let columns: Vec<f64> = placed.corners.iter().map(|corner| corner.0).collect();
        assert_eq!(columns, [0.0, 0.0, 140.0, 280.0]);
        assert_eq!((placed.width, placed.height), (380.0, 50.0));
        assert_eq!(placed.corners[2].1, 15.0);
    }

    #[test]
    fn crossings_are_removed() {
        let placed = placed(4, &[(0, 3), (1, 2)]);
        assert!(placed.corners[3].1 < placed.corners[2].1);
    }

    #[test]
    fn lines_past_a_column_have_their_own_lane() {
        let placed = placed(4, &[(0, 1), (1, 2), (0, 2), (3, 2)]);
        let lanes: Vec<&Line> = placed.lines.iter().filter(|line| !line.arrives).collect();
        assert_eq!(lanes.len(), 2);
        assert_eq!(lanes[0].to, lanes[1].to);
        let own = placed.corners[1].1..placed.corners[1].1 + 20.0;
        assert!(!own.contains(&lanes[0].to.1));
    }

    #[test]
    fn a_circle_ends() {
        assert_eq!(placed(2, &[(0, 1), (1, 0)]).corners.len(), 2);
        assert_eq!(placed(0, &[]).width, 0.0);
    }
}

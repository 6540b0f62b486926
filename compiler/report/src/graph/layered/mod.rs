//! The layout of a graph in columns, with few crossings, in rows of at most a width.
//!
//! A line that passes a column gets its own lane through it. For example, the edges `a → b`, `b → c` and `a → c` give
//! three columns, and a lane for `a → c` in the column of `b`. If only two columns fit side by side, `c` begins a second
//! row, and the lines to it turn: they go around the end of the first row and arrive from the left.

mod order;

use order::{columns, levels, links, ordered};
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
    /// The maximum width of a row. A column that is wider has a row of its own.
    pub(crate) limit: f64,
    /// The distance between rows.
    pub(crate) row_gap: f64,
    /// The room on the left and on the right of the rows, for lines that turn.
    pub(crate) room: f64,
}

/// A layout.
pub(crate) struct Placed {
    /// The upper left corner of each item.
    pub(crate) corners: Vec<(f64, f64)>,
    /// The number of items in the column of each item, with lanes.
    pub(crate) neighbours: Vec<usize>,
    /// The row of each item.
    pub(crate) row_of: Vec<usize>,
    /// The width of the column of each item.
    pub(crate) column_widths: Vec<f64>,
    /// The rows.
    pub(crate) rows: Vec<Row>,
    pub(crate) width: f64,
    pub(crate) height: f64,
    /// The lines. A line that several edges share is drawn once.
    pub(crate) lines: Vec<Line>,
}

/// A row of columns.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Row {
    pub(crate) top: f64,
    pub(crate) height: f64,
    pub(crate) width: f64,
    /// The number of its columns.
    pub(crate) columns: usize,
}

/// A line from the right side of one item to the left side of another.
pub(crate) struct Line {
    pub(crate) from: (f64, f64),
    pub(crate) to: (f64, f64),
    /// The x coordinate where its straight part ends. That is after a lane, or at the end of its column.
    pub(crate) through: Option<f64>,
    /// The way around the end of the row, if it leads to the next row.
    pub(crate) turn: Option<Turn>,
    /// Whether it ends at an item. Otherwise it ends in a lane.
    pub(crate) arrives: bool,
}

/// The way of a line to the next row: down on the right, to the left between the rows, and down on the left.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Turn {
    pub(crate) right: f64,
    pub(crate) level: f64,
    pub(crate) left: f64,
}

/// The height of a lane.
const LANE: f64 = 10.0;

/// The distance of a turn from the row, and the maximum distance between two turns.
const TURN: f64 = 11.0;
const TURN_GAP: f64 = 7.0;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Item {
    Thing(usize),
    /// The lane through a column that leads to an item.
    Lane(usize, usize),
}

/// The place of an item.
#[derive(Clone, Copy)]
struct Spot {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
    row: usize,
    /// The width of its column.
    column: f64,
    /// The number of items in its column.
    neighbours: usize,
}

impl Spot {
    fn middle(&self) -> f64 {
        self.y + self.height / 2.0
    }
}

pub(crate) fn place(input: &Input<'_>) -> Placed {
    let levels = levels(input.sizes.len(), input.edges);
    let links = links(input.edges, &levels);
    let columns = ordered(columns(&levels, &links), &links);
    let (rows, spots) = spots(input, &columns);
    let turns = turns(input, &rows, &spots, &links);
    let lines = links.iter().filter_map(|link| line(link, &spots, &turns)).collect();
    let of_each = |thing: usize| spots.get(&Item::Thing(thing)).copied();
    let each = || (0..input.sizes.len()).map(of_each);
    Placed {
        corners: each().map(|spot| spot.map_or((0.0, 0.0), |spot| (spot.x, spot.y))).collect(),
        neighbours: each().map(|spot| spot.map_or(0, |spot| spot.neighbours)).collect(),
        row_of: each().map(|spot| spot.map_or(0, |spot| spot.row)).collect(),
        column_widths: each().map(|spot| spot.map_or(0.0, |spot| spot.column)).collect(),
        width: rows.iter().map(|row| row.width).fold(0.0, f64::max),
        height: rows.last().map_or(0.0, |row| row.top + row.height),
        rows,
        lines,
    }
}

/// The size of an item. A lane is as wide as its column.
fn size(input: &Input<'_>, item: &Item) -> (f64, f64) {
    match item {
        Item::Thing(thing) => input.sizes.get(*thing).copied().unwrap_or_default(),
        Item::Lane(..) => (0.0, LANE),
    }
}

/// The rows, and the place of each item in them.
fn spots(input: &Input<'_>, columns: &[Vec<Item>]) -> (Vec<Row>, BTreeMap<Item, Spot>) {
    let width_of = |column: &[Item]| column.iter().map(|item| size(input, item).0).fold(0.0, f64::max);
    let height_of = |column: &[Item]| {
        let gaps = column.len().saturating_sub(1) as f64;
        column.iter().map(|item| size(input, item).1).sum::<f64>() + gaps * input.rise
    };
    let mut rows: Vec<(Row, Vec<&Vec<Item>>)> = Vec::new();
    for column in columns {
        let (width, height) = (width_of(column), height_of(column));
        match rows.last_mut().filter(|(row, _)| row.width + input.gap + width <= input.limit) {
            Some((row, own)) => {
                row.width += input.gap + width;
                row.height = row.height.max(height);
                row.columns += 1;
                own.push(column);
            }
            None => rows.push((Row { top: 0.0, height, width, columns: 1 }, vec![column])),
        }
    }
    let mut spots = BTreeMap::new();
    let mut top = 0.0;
    for (number, (row, columns)) in rows.iter_mut().enumerate() {
        row.top = top;
        let mut x = 0.0;
        for column in columns {
            let width = width_of(column);
            let mut y = top + (row.height - height_of(column)) / 2.0;
            for item in column.iter() {
                let (own, height) = size(input, item);
                let own = if matches!(item, Item::Lane(..)) { width } else { own };
                let spot =
                    Spot { x, y, width: own, height, row: number, column: width, neighbours: column.len() };
                spots.insert(*item, spot);
                y += height + input.rise;
            }
            x += width + input.gap;
        }
        top += row.height + input.row_gap;
    }
    (rows.into_iter().map(|(row, _)| row).collect(), spots)
}

/// The turns to each item that begins a row. Items with the same predecessors share one.
///
/// The upper lines are outside on the right, below between the rows, and inside on the left. So no two lines cross.
fn turns(
    input: &Input<'_>,
    rows: &[Row],
    spots: &BTreeMap<Item, Spot>,
    links: &BTreeSet<(Item, Item)>,
) -> BTreeMap<Item, Turn> {
    let mut turns = BTreeMap::new();
    for (number, (row, next)) in rows.iter().zip(rows.iter().skip(1)).enumerate() {
        let mut ends: BTreeMap<Item, BTreeSet<Item>> = BTreeMap::new();
        for (from, to) in links {
            let (Some(start), Some(end)) = (spots.get(from), spots.get(to)) else { continue };
            if start.row == number && end.row != number {
                ends.entry(*to).or_default().insert(*from);
            }
        }
        let middle = |item: &Item| spots.get(item).map_or(0.0, Spot::middle);
        let mut ends: Vec<(Item, BTreeSet<Item>)> = ends.into_iter().collect();
        ends.sort_by(|(one, _), (other, _)| middle(one).total_cmp(&middle(other)));
        let mut tracks: Vec<&BTreeSet<Item>> = Vec::new();
        for (_, starts) in &ends {
            if !tracks.contains(&starts) {
                tracks.push(starts);
            }
        }
        let between = (next.top - row.top - row.height).min(2.0 * input.room);
        let count = tracks.len() as f64;
        let step = TURN_GAP.min((input.room - TURN).max(0.0) / count).min(between / (count + 1.0));
        for (item, starts) in &ends {
            let Some(track) = tracks.iter().position(|other| *other == starts) else { continue };
            let track = track as f64;
            let level = (row.top + row.height + next.top) / 2.0 + step * ((count - 1.0) / 2.0 - track);
            let (right, left) = (row.width + TURN + step * (count - 1.0 - track), -TURN - step * track);
            turns.insert(*item, Turn { right, level, left });
        }
    }
    turns
}

fn line(
    (from, to): &(Item, Item),
    spots: &BTreeMap<Item, Spot>,
    turns: &BTreeMap<Item, Turn>,
) -> Option<Line> {
    let (start, end) = (spots.get(from)?, spots.get(to)?);
    let right = start.x + start.width;
    let (x, through) = match from {
        Item::Thing(_) => (right, Some(start.x + start.column).filter(|edge| *edge > right)),
        Item::Lane(..) => (start.x, Some(right)),
    };
    let turn = if start.row == end.row { None } else { turns.get(to).copied() };
    let arrives = matches!(to, Item::Thing(_));
    Some(Line { from: (x, start.middle()), to: (end.x, end.middle()), through, turn, arrives })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placed(number: usize, edges: &[(usize, usize)]) -> Placed {
        placed_within(f64::INFINITY, number, edges)
    }

    fn placed_within(limit: f64, number: usize, edges: &[(usize, usize)]) -> Placed {
        let sizes = vec![(100.0, 20.0); number];
        place(&Input { sizes: &sizes, edges, gap: 40.0, rise: 10.0, limit, row_gap: 30.0, room: 24.0 })
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
    fn columns_beyond_the_limit_begin_a_new_row() {
        let chain: Vec<(usize, usize)> = (0..4).map(|at| (at, at + 1)).collect();
        let placed = placed_within(250.0, 5, &chain);
        assert_eq!(placed.row_of, [0, 0, 1, 1, 2]);
        assert_eq!(placed.corners[2], (0.0, 50.0));
        assert_eq!((placed.width, placed.height), (240.0, 120.0));
        let turn = |line: &&Line| line.turn.is_some();
        let turns: Vec<&Line> = placed.lines.iter().filter(turn).collect();
        assert_eq!(turns.len(), 2);
        let level = turns[0].turn.unwrap().level;
        assert!(level > 20.0 && level < 50.0);
        // A column that is wider than the limit is still drawn.
        assert_eq!(placed_within(50.0, 2, &[(0, 1)]).row_of, [0, 1]);
    }

    #[test]
    fn turns_are_shared_by_equal_predecessors_and_never_cross() {
        let shared = placed_within(100.0, 4, &[(0, 2), (0, 3), (1, 2), (1, 3)]);
        let mut turns: Vec<Turn> = shared.lines.iter().filter_map(|line| line.turn).collect();
        turns.dedup();
        assert_eq!(turns.len(), 1);
        let apart = placed_within(100.0, 4, &[(0, 2), (1, 3)]);
        let turn = |from: usize| {
            let y = apart.corners[from].1 + 10.0;
            apart.lines.iter().find(|line| line.from.1 == y).unwrap().turn.unwrap()
        };
        let (upper, lower) = (turn(0), turn(1));
        assert!(upper.right > lower.right && upper.level > lower.level && upper.left > lower.left);
        assert!(lower.left >= -24.0 && upper.right <= 124.0);
    }

    #[test]
    fn a_circle_ends() {
        assert_eq!(placed(2, &[(0, 1), (1, 0)]).corners.len(), 2);
        assert_eq!(placed(0, &[]).width, 0.0);
    }
}

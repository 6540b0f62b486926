//! The columns of a layout, and the order of the items in each, with few crossings.

use super::Item;
use std::collections::{BTreeMap, BTreeSet};

/// The number of rounds that improve the order of the columns.
const SWEEPS: usize = 8;

/// The length of the longest path to each item.
pub(super) fn levels(number: usize, edges: &[(usize, usize)]) -> Vec<usize> {
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
pub(super) fn links(edges: &[(usize, usize)], levels: &[usize]) -> BTreeSet<(Item, Item)> {
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

pub(super) fn columns(levels: &[usize], links: &BTreeSet<(Item, Item)>) -> Vec<Vec<Item>> {
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
pub(super) fn ordered(mut columns: Vec<Vec<Item>>, links: &BTreeSet<(Item, Item)>) -> Vec<Vec<Item>> {
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

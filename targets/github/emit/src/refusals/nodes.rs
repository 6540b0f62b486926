//! Refusals of clauses in nodes: long timeouts, many legs, retries, measures, paths of reports.

use super::Refusals;
use crate::MOST_LEGS;
use pipec_base::codes;
use pipec_ir::{Basis, Body, Node, ReportFormat};
use pipec_lowering::acts;
use pipec_lowering::in_directory;

impl Refusals<'_> {
    /// Refuses jobs that GitHub would end before their time.
    ///
    /// It ends a job on its own machines after six hours, on others after five days. Soaks add to the timeout.
    pub(super) fn refuse_long_job(&self, node: &Node) {
        let soaks = node.soaks();
        const HOUR: u64 = 3_600_000;
        let body = &node.body;
        let own_label = node.runners().iter().all(|runner| runner.labels.contains_key("github"));
        let longest = if own_label { 5 * 24 * HOUR } else { 6 * HOUR };
        let times = node.executions();
        if node.allowed_time() > longest {
            let (machine, other) = if own_label {
                ("your own machine", "")
            } else {
                ("a machine of GitHub", ", or use your own machine: `label github \"…\"` in a runner")
            };
            let (what, remedy) = if soaks > 0 {
                ("a timeout with its soaks", "shorten the soaks")
            } else if body.retry.is_some() {
                ("a timeout of all its attempts together", "make it shorter, or use fewer retries")
            } else if times > 1 {
                ("a timeout of all its repetitions together", "make it shorter, or use fewer repetitions")
            } else {
                ("a timeout", "make it shorter")
            };
            self.error(
                codes::P1101,
                &body.origin,
                format!(
                    "{what} of more than {} hours on {machine} can't be built for github",
                    longest / HOUR
                ),
                format!("{remedy}{other}"),
            );
        }
    }

    /// Refuses a cleanup that a timeout leaves no time for the scripts before.
    pub(super) fn refuse_late_cleanup(&self, node: &Node) {
        if let Some(cleanup) = &node.body.cleanup
            && acts::time_forth(node) == 0
            && node.rollback_phase().is_none()
        {
            self.error(
                codes::P1101,
                &cleanup.origin,
                format!("on github, the timeout of `{}` leaves no time before its cleanup", node.name),
                "two minutes of the timeout are reserved for `cleanup`: write `timeout 10m`",
            );
        }
    }

    /// Refuses a matrix of no legs, or of too many.
    ///
    /// An empty matrix counts as success.
    pub(super) fn refuse_many_legs(&self, node: &Node) {
        let count = node.legs().len();
        if node.has_legs() && !(1..=MOST_LEGS).contains(&count) {
            let matrix = node.body.matrix.as_ref().map(|matrix| &matrix.origin);
            let shards = node.body.shards.as_ref().map(|(_, origin)| origin);
            self.refuse(&format!("a node of {count} legs"), matrix.or(shards).unwrap_or(&node.origin));
        }
    }

    pub(super) fn refuse_in_body(&self, body: &Body) {
        if let Some(block) = body.engines.first()
            && body.steps.is_empty()
            && body.blocks_for("github").next().is_none()
        {
            self.refuse(&format!("a node with steps only for {}", block.target), &block.origin);
        }
        self.check_runner(&body.runner, body);
        for leg in body.matrix.iter().flat_map(|matrix| &matrix.legs) {
            if let Some(runner) = &leg.runner {
                self.check_runner(runner, body);
            }
        }
    }

    /// Refuses a retry if a part of the job can't be reset for another attempt.
    pub(super) fn check_retry(&self, node: &Node) {
        let Some(clause) = &node.body.retry else { return };
        if node.retry().is_none() {
            return self.refuse("`retry` of a gate or a deploy", &clause.origin);
        }
        if let Some(block) = node.body.blocks_for("github").next() {
            self.error(
                codes::P1101,
                &block.origin,
                format!("`{}` can't have `retry` on github: it has raw steps", node.name),
                "pipec can't reset what a raw step leaves: remove `retry`, or move the raw steps to another node",
            );
        }
        if let Some(sidecar) = node.body.sidecars.first() {
            self.error(
                codes::P1101,
                &sidecar.origin,
                format!("`{}` can't have both `retry` and sidecar `{}` on github", node.name, sidecar.name),
                "a sidecar starts once for its job, so another attempt would find what the first one left \
                 in it: remove `retry` or the sidecar",
            );
        }
        if node.attempts() > acts::MOST_ATTEMPTS {
            self.error(
                codes::P1101,
                &clause.origin,
                format!("more than {} retries can't be built for github", acts::MOST_ATTEMPTS - 1),
                "a script that fails so often has a defect: fix it",
            );
        }
    }

    /// Refuses expectations that a single value of a report can't meet.
    pub(super) fn refuse_measures(&self, node: &Node) {
        let rows = node.body.measures.iter().flat_map(|measure| &measure.expectations);
        for row in rows {
            let what = match row.basis {
                Basis::Value => continue,
                Basis::Samples => "`samples … confidence`",
                Basis::Drop => "`drop … vs`",
            };
            self.refuse(what, &row.origin);
        }
    }

    /// Refuses patterns that the uploading action reads differently, and reports that can't be sent.
    pub(super) fn refuse_in_reports(&self, node: &Node) {
        let body = &node.body;
        let reports = body.reports.iter().map(|report| ("report", &report.path));
        let keeps = body.keeps.iter().flat_map(|keep| keep.paths.iter().map(|path| ("keep", path)));
        for (clause, path) in reports.chain(keeps) {
            let glob = path.glob.text();
            let other_wildcard = glob.split('/').any(|segment| segment != "**" && segment.contains("**"));
            let whole = in_directory(node, path);
            if other_wildcard || whole.starts_with(['#', '~', '!']) || whole.contains(['[', ']', '\\']) {
                self.refuse(&format!("`{clause}` of the path `{glob}`"), &path.origin);
            }
        }
        if !(body.reports.is_empty() && body.keeps.is_empty()) {
            self.check_leg_names(node);
        }
        for report in body.reports.iter().filter(|report| report.format == ReportFormat::Sarif) {
            if !report.path.glob.is_literal() {
                self.refuse("`report sarif` of several files", &report.path.origin);
            }
        }
    }

    /// Refuses names of legs that can't be part of a key.
    ///
    /// A key has at most 512 characters and no comma (actions/toolkit, `checkKey`).
    pub(super) fn check_cache_keys(&self, node: &Node) {
        const LONGEST: usize = 200;
        let Some(cache) = node.body.caches.first() else { return };
        for leg in node.legs() {
            if leg.name.contains(',') || leg.name.len() > LONGEST {
                self.error(
                    codes::P1102,
                    &cache.origin,
                    format!("the cache of the leg `{}` can't be saved under the name of the leg", leg.name),
                    "name the legs: `matrix { linux { … } mac { … } }`",
                );
            }
        }
    }
}

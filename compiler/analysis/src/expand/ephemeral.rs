//! Clauses that ephemeral environments must have, and that others may not.

use super::Expansion;
use super::frame::Frame;
use pipec_base::{Diagnostic, Span, codes};
use pipec_ir::{Environment, Fact, Tier};

impl Expansion<'_, '_> {
    /// Checks the clauses that ephemeral environments must have, and that others may not.
    pub(super) fn check_ephemeral(&mut self, environment: &Environment, opened: Option<Span>, frame: &Frame) {
        let name = &environment.name;
        if environment.tier == Tier::Ephemeral {
            self.check_teardown_facts(environment);
            let (missing, remedy) = match (environment.ttl, &environment.teardown) {
                (Some(_), Some(_)) => return,
                (None, None) => (
                    "`ttl` and no `teardown`",
                    "state how long it lives (`ttl 48h`) and how it is removed (`teardown run \"…\"`)",
                ),
                (None, Some(_)) => ("`ttl`", "state how long it may live: `ttl 48h`"),
                (Some(_), None) => ("`teardown`", "state how it is removed: `teardown run \"…\"`"),
            };
            self.report(
                frame,
                Diagnostic::error(
                    codes::P0502,
                    format!("ephemeral environment `{name}` has no {missing}"),
                    environment.origin.span,
                )
                .help(format!("{remedy}; engines miss some closed pull requests")),
            );
            return;
        }
        let teardown = environment.teardown.as_ref().map(|teardown| teardown.origin.span);
        let ends = [("`teardown`", teardown), ("`ttl`", environment.ttl.map(|_| environment.origin.span))];
        if let Some((word, span)) = ends.into_iter().find_map(|(word, span)| Some((word, span?))) {
            self.report(
                frame,
                Diagnostic::error(
                    codes::P0501,
                    format!(
                        "{word} is only for ephemeral environments, but `{name}` has tier {}",
                        environment.tier.word()
                    ),
                    span,
                )
                .help("remove it, because this environment is permanent, or write `tier ephemeral per pull-request`"),
            );
        }
        if let Some(span) = opened {
            self.report(
                frame,
                Diagnostic::error(
                    codes::P0503,
                    format!(
                        "only an ephemeral environment may be open, but `{name}` has tier {}",
                        environment.tier.word()
                    ),
                    span,
                )
                .help(
                    "pull requests run unreviewed code: give them an environment with `tier ephemeral \
                       per pull-request`",
                ),
            );
        }
    }

    /// Checks the facts in a teardown. It knows the number of its pull request only: it belongs to no commit and to no
    /// run of the pipeline.
    fn check_teardown_facts(&mut self, environment: &Environment) {
        let Some(teardown) = &environment.teardown else { return };
        let values = environment.values.iter().map(|value| (value, "use it in `env` of the deploys instead"));
        let own = teardown.env.iter().map(|binding| (binding, "remove it"));
        for (binding, remedy) in values.chain(own) {
            let is_known = |fact: &&Fact| matches!(fact, Fact::PullRequestNumber | Fact::Secret(_));
            let Some(fact) = binding.value.facts().find(|fact| !is_known(fact)) else { continue };
            let message = format!("`{fact}` does not exist in the teardown of `{}`", environment.name);
            let diagnostic = Diagnostic::error(codes::P0111, message, binding.origin.span)
                .note(
                    "it runs when a pull request is closed, and in a sweep: it has the values of its \
                       environment, and only the fact `pull-request.number`",
                )
                .help(remedy);
            self.report(&Frame::default(), binding.origin.explain(diagnostic));
        }
    }
}

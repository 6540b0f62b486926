//! Declarations, and the clauses of pipelines, stages and environments.

use super::writer::{DEPTH, Writer};

impl Writer<'_, '_> {
    pub(super) fn file(&mut self) {
        while self.choices.below(6) > 0 {
            self.begin_clause();
            self.allow();
            self.declaration();
        }
    }

    pub(super) fn declaration(&mut self) {
        match self.choices.below(12) {
            0 => {
                self.put("let");
                self.name();
                self.put("=");
                self.expression();
            }
            1 => {
                self.put("use");
                self.path();
            }
            2 => {
                self.puts("use \"./shared.pipe\" as");
                self.name();
            }
            3 => {
                self.put("evidence");
                self.name();
                self.put("of");
                let subject = self.choices.of(&["commit", "artefact"]);
                self.put(subject);
            }
            4 => {
                self.put("runner");
                self.name();
                self.block(Self::runner_clause);
            }
            5 => {
                self.put("role");
                self.name();
                self.block(|writer| {
                    let member = writer.choices.of(&["github team", "gitlab group", "tekton user"]);
                    writer.puts(member);
                    writer.plain_string();
                });
            }
            6 => {
                self.puts("registry \"ghcr.io/acme\"");
                self.block(|writer| {
                    let part = writer.choices.of(&["user", "password"]);
                    writer.put(part);
                    writer.variable();
                });
            }
            7 => {
                self.put("task");
                self.name();
                self.parameters();
                self.put("->");
                self.name();
                self.body();
            }
            8 => self.environment(),
            9 => {
                let noun = self.choices.of(&["pipeline", "environment"]);
                self.put(noun);
                self.name();
                self.put("=");
                self.call();
            }
            _ => {
                self.put("pipeline");
                self.name();
                self.maybe(Self::parameters);
                self.allowing_block(Self::pipeline_clause);
            }
        }
    }

    pub(super) fn runner_clause(&mut self) {
        match self.choices.below(7) {
            0 => {
                self.put("image");
                self.expression();
            }
            1 => self.puts("host linux-x64"),
            2 => self.puts("with docker"),
            3 => {
                self.puts("label github");
                self.plain_string();
            }
            4 => self.puts("cpu 4"),
            5 => self.puts("memory 8GiB"),
            _ => self.puts("gpu 1"),
        }
    }

    pub(super) fn environment(&mut self) {
        self.put("environment");
        self.name();
        self.maybe(Self::parameters);
        self.allowing_block(Self::environment_clause);
    }

    pub(super) fn environment_clause(&mut self) {
        match self.choices.below(17) {
            0 => {
                self.put("requires");
                self.paths();
            }
            1 => {
                self.puts("tier ephemeral");
                self.maybe(|writer| writer.puts("per pull-request"));
            }
            2 => {
                self.put("after");
                self.path();
            }
            3 => {
                self.put("from");
                self.names();
            }
            4 => self.puts("open to members"),
            5 => {
                self.put("url");
                self.string();
            }
            6 => {
                self.puts("approval by");
                self.path();
                self.maybe(|writer| writer.puts("min 2"));
                self.maybe(|writer| writer.puts("not author"));
            }
            7 => self.secret(),
            8 => self.identity(),
            9 => {
                self.put("value");
                self.variable();
                self.put("=");
                self.expression();
            }
            10 => self.puts("window mon .. thu 08:00 .. 16:00 \"Europe/London\""),
            11 => self.puts("window sat 00:00 .. 24:00 \"UTC\""),
            12 => self.puts("lock queue"),
            13 => {
                self.put("ttl");
                self.duration();
            }
            14 => {
                self.puts("forward by version");
                self.maybe(|writer| writer.puts("within major"));
            }
            15 => {
                self.puts("forward off");
                self.because();
            }
            _ => {
                self.put("teardown");
                self.action();
            }
        }
    }

    pub(super) fn pipeline_clause(&mut self) {
        match self.choices.below(12) {
            0..3 => self.stage(),
            3 | 4 => self.trigger(),
            5 => {
                self.put("protect");
                match self.choices.below(3) {
                    0 => self.puts("branch \"main\" , \"release/*\""),
                    1 => self.puts("tag \"v*\""),
                    _ => self.references(),
                }
            }
            6 => self.puts("targets github , gitlab , tekton"),
            7 => self.puts("emits github \"release.yml\""),
            8 => {
                self.put("budget");
                self.duration();
            }
            9 => {
                self.put("owner");
                self.path();
            }
            10 => {
                self.put("change");
                let kind = self.choices.of(&["docs", "code", "config", "schema"]);
                self.put(kind);
                self.list(Self::plain_string);
                self.maybe(Self::because);
            }
            _ => self.default(),
        }
    }

    pub(super) fn trigger(&mut self) {
        self.put("on");
        match self.choices.below(6) {
            0 => {
                self.puts("push to");
                self.references();
            }
            1 => {
                self.puts("pull-request to");
                self.references();
            }
            2 => {
                self.put("tag");
                self.references();
            }
            3 => self.puts("merge-queue"),
            4 => {
                self.put("schedule");
                self.put("\"0 3 * * 1-5\"");
            }
            _ => {
                self.put("manual");
                self.maybe(|writer| {
                    writer.block(|writer| {
                        writer.put("input");
                        writer.parameter();
                    });
                });
            }
        }
    }

    pub(super) fn stage(&mut self) {
        self.put("stage");
        self.name();
        self.maybe(|writer| {
            writer.put("after");
            writer.names();
        });
        self.maybe(|writer| {
            writer.put("when");
            writer.condition(0);
        });
        self.allowing_block(Self::stage_clause);
    }

    pub(super) fn condition(&mut self, depth: usize) {
        self.atom(depth);
        while self.choices.rarely(3) {
            let word = self.choices.of(&["and", "or"]);
            self.put(word);
            self.atom(depth);
        }
    }

    pub(super) fn atom(&mut self, depth: usize) {
        self.maybe(|writer| writer.put("not"));
        match self.choices.below(8) {
            0 => {
                self.puts("event is");
                let event = self.choices.of(&["push", "pull-request", "schedule"]);
                self.put(event);
            }
            1 => {
                self.puts("branch is");
                self.reference();
            }
            2 => {
                self.puts("tag is");
                self.reference();
            }
            3 => {
                self.put("changed");
                self.references();
            }
            4 => {
                self.put("input");
                self.name();
                self.put("is");
                self.literal();
            }
            5 | 6 if depth < DEPTH => {
                self.put("(");
                self.condition(depth + 1);
                self.put(")");
            }
            _ => self.put("fork"),
        }
    }

    pub(super) fn stage_clause(&mut self) {
        match self.choices.below(9) {
            0..3 => {
                self.put("gate");
                self.name();
                self.put(":");
                self.path();
                self.maybe(|writer| {
                    writer.put("of");
                    writer.names();
                });
                self.work();
            }
            3 => {
                let keyword = self.choices.of(&["artefact", "artefact", "artifact"]);
                self.put(keyword);
                self.name();
                self.put(":");
                let ty = self.choices.of(&["image", "binary", "archive"]);
                self.put(ty);
                self.work();
            }
            4 | 5 => {
                self.put("deploy");
                self.names();
                self.put("to");
                self.path();
                self.work();
            }
            6 => {
                self.put("job");
                self.name();
                self.work();
            }
            7 => {
                self.put("budget");
                self.duration();
            }
            _ => self.default(),
        }
    }
}

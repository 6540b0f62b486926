//! Bodies and their clauses.

use super::writer::{DEPTH, Writer};

impl Writer<'_, '_> {
    pub(super) fn secret(&mut self) {
        self.put("secret");
        self.variable();
        self.maybe(|writer| writer.put("file"));
    }

    pub(super) fn identity(&mut self) {
        self.puts("identity aws");
        self.plain_string();
    }

    pub(super) fn default(&mut self) {
        match self.choices.below(5) {
            0 => {
                self.put("env");
                self.variable();
                self.put("=");
                self.expression();
            }
            1 => {
                self.put("tool");
                self.name();
                self.put("from");
                self.plain_string();
            }
            2 => {
                self.put("tool");
                self.name();
                self.plain_string();
            }
            3 => {
                self.puts("runs on");
                self.path();
            }
            _ => {
                self.put("in");
                self.plain_string();
            }
        }
    }

    pub(super) fn work(&mut self) {
        match self.choices.below(3) {
            0 => self.body(),
            1 => {
                self.put("=");
                self.call();
            }
            _ => {
                self.put("=");
                self.call();
                self.body();
            }
        }
    }

    pub(super) fn action(&mut self) {
        match self.choices.below(3) {
            0 => {
                self.put("run");
                self.script();
            }
            1 => {
                self.put("=");
                self.call();
            }
            _ if self.depth < DEPTH => {
                self.depth += 1;
                self.body();
                self.depth -= 1;
            }
            _ => self.puts("run \"x\""),
        }
    }

    pub(super) fn body(&mut self) {
        self.allowing_block(Self::body_clause);
    }

    pub(super) fn run(&mut self) {
        self.put("run");
        self.maybe(Self::name);
        self.script();
    }

    pub(super) fn body_clause(&mut self) {
        match self.choices.below(32) {
            0..3 => self.run(),
            3 => {
                self.put("check");
                self.name();
                self.script();
            }
            4 => {
                self.put("uses");
                self.names();
            }
            5 => {
                self.put("path");
                self.texts();
            }
            6 => self.puts("checkout none"),
            7 => {
                self.put("checkout");
                self.block(|writer| {
                    let clause = writer.choices.of(&["lfs", "submodules", "history full"]);
                    writer.puts(clause);
                });
            }
            8 => {
                self.put("name");
                self.string();
            }
            9 => {
                self.put("timeout");
                self.expression();
            }
            10 => {
                self.puts("retry 1");
                self.because();
            }
            11 => self.secret(),
            12 => self.identity(),
            13 => self.puts("may write releases , packages"),
            14 => {
                self.puts("report junit");
                self.text();
            }
            15 => {
                self.put("keep");
                self.texts();
                self.puts("on failure");
            }
            16 => {
                self.put("measure");
                self.text();
                self.block(Self::expectation);
            }
            17 => {
                self.put("cache");
                self.text();
                self.puts("keyed by");
                self.text();
            }
            18 => {
                self.put("matrix");
                self.block(Self::matrix_clause);
            }
            19 => {
                self.put("shard");
                self.expression();
            }
            20 => {
                self.put("sidecar");
                self.name();
                self.block(Self::sidecar_clause);
            }
            21 => {
                self.put("advisory");
                self.because();
            }
            22 => {
                self.puts("exempt unless changed");
                self.references();
                self.because();
            }
            23 => {
                self.puts("exempt on fork");
                self.because();
            }
            24 => {
                self.puts("override by");
                self.path();
                self.block(|writer| {
                    let clause = writer.choices.of(&["expires", "review within"]);
                    writer.puts(clause);
                    writer.duration();
                });
            }
            25 => {
                self.puts("strategy canary");
                self.block(|writer| {
                    writer.puts("step 5%");
                    writer.maybe(|writer| writer.puts("soak 10m"));
                });
            }
            26 | 27 => {
                let action = self.choices.of(&["shift", "verify", "rollback"]);
                self.put(action);
                self.action();
            }
            28 => {
                self.put("irreversible");
                self.because();
            }
            29 => self.puts("repeat 3 quorum 2"),
            30 => {
                self.puts("engine github");
                self.because();
                self.block(Self::engine_step);
            }
            _ => self.default(),
        }
    }

    pub(super) fn expectation(&mut self) {
        self.put("expect");
        self.reference();
        let operators = ["<", "<=", "==", "!=", ">=", ">"];
        if self.choices.rarely(3) {
            self.put("drop");
            let operator = self.choices.of(&operators);
            self.put(operator);
            self.literal();
            self.put("vs");
            self.path();
        } else {
            let operator = self.choices.of(&operators);
            self.put(operator);
            self.literal();
            self.maybe(|writer| writer.puts("samples 400 confidence 95%"));
        }
    }

    pub(super) fn matrix_clause(&mut self) {
        self.name();
        if self.choices.rarely(2) {
            self.block(Self::default);
        } else {
            self.list(Self::literal);
        }
    }

    pub(super) fn sidecar_clause(&mut self) {
        match self.choices.below(4) {
            0 => {
                self.put("image");
                self.expression();
            }
            1 => self.puts("port 5432"),
            2 => {
                self.put("env");
                self.variable();
                self.put("=");
                self.expression();
            }
            _ => {
                self.put("ready");
                self.action();
            }
        }
    }

    pub(super) fn engine_step(&mut self) {
        match self.choices.below(3) {
            0 => self.run(),
            1 => {
                self.put("env");
                self.variable();
                self.put("=");
                self.expression();
            }
            _ => {
                self.maybe(|writer| {
                    writer.name();
                    writer.put("=");
                });
                self.puts("action \"actions/checkout@v5\" (");
                if self.choices.below(3) > 0 {
                    self.list(|writer| {
                        match writer.choices.below(3) {
                            0 => writer.name(),
                            1 => writer.variable(),
                            _ => writer.plain_string(),
                        }
                        writer.put(":");
                        writer.expression();
                    });
                }
                self.put(")");
            }
        }
    }
}

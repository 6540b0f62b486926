//! A workspace on disk, and runs of the program in it.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A pipeline with a gate and an artefact.
pub const HELLO: &str = r#"pipeline hello {
  on push to main

  stage commit {
    gate unit: test { run "cargo test --locked" }

    artefact app: binary {
      run  "cargo build --release --locked"
      path "target/release/app"
    }
  }

  stage release {
    deploy app to production { run "./deploy.sh \"$APP_PATH\"" }
  }
}

environment production {
  requires test
}
"#;

/// The output of [`HELLO`].
pub const HELLO_OUTPUT: &str = ".github/workflows/hello.yml";

/// The smallest pipeline that compiles, under any name.
pub fn small(name: &str, script: &str) -> String {
    format!(
        "pipeline {name} {{\n  on push to main\n\n  stage commit {{\n    gate unit: test {{ run \"{script}\" }}\n  }}\n}}\n"
    )
}

/// A temporary folder.
pub struct Workspace {
    folder: TempDir,
}

/// The result of a run of the program.
#[derive(Debug)]
pub struct Ran {
    /// Its exit status. `None` if a signal ended it.
    pub code: Option<i32>,
    /// Its standard output.
    pub out: String,
    /// Its standard error.
    pub err: String,
}

impl Workspace {
    /// An empty workspace.
    pub fn empty() -> Workspace {
        Workspace { folder: tempfile::tempdir().unwrap() }
    }

    /// A workspace with these files.
    pub fn with(files: &[(&str, &str)]) -> Workspace {
        let workspace = Workspace::empty();
        for (path, text) in files {
            workspace.write(path, text);
        }
        workspace
    }

    /// A workspace with [`HELLO`].
    pub fn hello() -> Workspace {
        Workspace::with(&[("hello.pipe", HELLO)])
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    pub fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.path(path)).unwrap()
    }

    /// The names in a folder, sorted.
    pub fn list(&self, folder: &str) -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(self.path(folder))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    /// The program, ready to run in this workspace.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = pipec();
        command.current_dir(self.folder.path()).args(arguments);
        command
    }

    /// Runs the program in this workspace.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        finish(self.command(arguments))
    }

    /// Runs `pipec build`, which must succeed.
    pub fn build(&self) -> Ran {
        self.run(&["build"]).expect(0)
    }
}

impl Ran {
    #[track_caller]
    pub fn expect(self, code: i32) -> Ran {
        assert_eq!(self.code, Some(code), "{self:#?}");
        self
    }

    #[track_caller]
    pub fn says(self, text: &str) -> Ran {
        assert!(self.err.contains(text), "expected {text:?} on standard error: {self:#?}");
        self
    }

    #[track_caller]
    pub fn omits(self, text: &str) -> Ran {
        assert!(!self.err.contains(text) && !self.out.contains(text), "did not expect {text:?}: {self:#?}");
        self
    }

    #[track_caller]
    pub fn prints(self, text: &str) -> Ran {
        assert!(self.out.contains(text), "expected {text:?} on standard output: {self:#?}");
        self
    }
}

/// The program in an environment without settings for colours or time.
pub fn pipec() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pipec"));
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "SOURCE_DATE_EPOCH", "TERM"] {
        command.env_remove(variable);
    }
    command
}

/// Runs a command to its end. A command that hangs fails the test.
#[track_caller]
pub fn finish(mut command: Command) -> Ran {
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    finish_child(child)
}

/// Waits for a child with piped output. A child that hangs fails the test.
#[track_caller]
pub fn finish_child(mut child: Child) -> Ran {
    let reader = |stream: Option<Box<dyn Read + Send>>| {
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            if let Some(mut stream) = stream {
                stream.read_to_end(&mut bytes).unwrap();
            }
            String::from_utf8(bytes).unwrap()
        })
    };
    let out = reader(child.stdout.take().map(|stream| Box::new(stream) as Box<dyn Read + Send>));
    let err = reader(child.stderr.take().map(|stream| Box::new(stream) as Box<dyn Read + Send>));
    let deadline = Instant::now() + Duration::from_secs(60);
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if Instant::now() > deadline {
            child.kill().unwrap();
            panic!("the program hangs");
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    Ran { code: status.code(), out: out.join().unwrap(), err: err.join().unwrap() }
}

/// Makes a symbolic link.
pub fn link(target: impl AsRef<Path>, at: &Path) {
    std::fs::create_dir_all(at.parent().unwrap()).unwrap();
    std::os::unix::fs::symlink(target, at).unwrap();
}

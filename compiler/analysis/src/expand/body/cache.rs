//! Caches, and the nodes in which they are forbidden.

use super::{Role, Work};
use crate::expand::frame::Frame;
use crate::expand::{Expansion, repeated};
use pipec_base::{Diagnostic, Span, codes};
use pipec_ir::{ArtefactType, Cache, Checkout, ReportFormat};
use pipec_logic::{Glob, Language};
use pipec_syntax::ast::{Name, StringLiteral};

/// The special characters in the patterns of engines.
const PATTERNS: &[char] = &['*', '?', '[', ']', '{', '}', '!', '\\'];

impl Expansion<'_, '_> {
    /// Reads a cache. `None` if its path or its key is invalid.
    pub(super) fn cache(
        &mut self,
        path: &StringLiteral,
        key: &StringLiteral,
        span: Span,
        work: &Work,
        frame: &Frame,
    ) -> Option<Cache> {
        let named = self.literal_text(path, "a path", frame);
        let key_file = self.literal_text(key, "a path", frame);
        let (named, key_file) = (named?, key_file?);
        let below_home = named.strip_prefix("~/").filter(|rest| !rest.is_empty());
        let fits = self.is_cached_path(&named, below_home.unwrap_or(&named), path.span, frame);
        let fits = self.is_cached_path(&key_file, &key_file, key.span, frame) && fits;
        if let Some(first) = work.body.caches.iter().find(|cache| cache.path == named) {
            self.report(frame, repeated(&format!("cache \"{named}\""), span, first.origin.span));
            return None;
        }
        fits.then(|| Cache { path: named, key_file, origin: frame.origin(span) })
    }

    /// Checks that a path names one file or folder below its base.
    fn is_cached_path(&mut self, whole: &str, path: &str, span: Span, frame: &Frame) -> bool {
        let (code, message) = if path.starts_with(['/', '~']) || path.split('/').any(|part| part == "..") {
            (codes::P0105, format!("`{whole}` is outside the node's directory"))
        } else if path.is_empty()
            || path == "."
            || path.contains(PATTERNS)
            || path.chars().any(char::is_control)
        {
            (codes::P0106, format!("`\"{}\"` is not a single file or folder", whole.escape_debug()))
        } else {
            return true;
        };
        let help = "give a path relative to the node's directory or, as in `\"~/.cargo/registry\"`, to the \
                    home directory, and one file whose content is the key";
        self.report(frame, Diagnostic::error(code, message, span).help(help));
        false
    }

    /// Checks that no dangerous node reads a cache. Anybody who can write a cache may have chosen its content.
    pub(super) fn check_caches(&mut self, name: &Name, work: &Work, frame: &Frame) {
        let body = &work.body;
        let Some(cache) = body.caches.first() else { return };
        let right = body
            .rights
            .first()
            .map(|(right, origin)| (format!("the permission to write {}", right.word()), origin.span));
        let secret =
            body.secrets.first().map(|secret| (format!("secret `{}`", secret.variable), secret.origin.span));
        let identity = body
            .identities
            .first()
            .map(|identity| (format!("its {} identity", identity.provider.word()), identity.origin.span));
        let image = match &work.role {
            Role::Artefact(Some(ArtefactType::Image)) => {
                let span = work.image_name.as_ref().map_or(name.span, |(_, origin)| origin.span);
                Some(("the image that is pushed here".to_owned(), span))
            }
            Role::Deploy => Some(("this deploy".to_owned(), name.span)),
            _ => None,
        };
        let scanning = body
            .reports
            .iter()
            .find(|report| report.format == ReportFormat::Sarif)
            .map(|report| ("code scanning".to_owned(), report.origin.span));
        if let Some((what, span)) = right.or(scanning).or(secret).or(identity).or(image) {
            let message = format!("the content of the cache of `{}` could reach {what}", cache.path);
            self.report(
                frame,
                Diagnostic::error(codes::P0606, message, cache.origin.span)
                    .label(span, "this is what it could reach")
                    .help("remove the cache here; use it in the gates and artefacts before this node"),
            );
        }
        self.check_what_is_built(work, frame);
        if body.checkout == Checkout::None {
            let message = format!("`{}`, the key of a cache, is not checked out here", cache.key_file);
            let place = work.once.get("checkout").copied().unwrap_or(cache.origin.span);
            self.report(
                frame,
                Diagnostic::error(codes::P0019, message, place)
                    .label(cache.origin.span, "keyed here")
                    .help("remove `checkout none` or the cache"),
            );
        }
    }

    /// Checks that no output contains cached files. Files from before the build are no part of the result.
    fn check_what_is_built(&mut self, work: &Work, frame: &Frame) {
        for cache in &work.body.caches {
            let Some(path) = work.paths.iter().find(|path| can_overlap(&cache.path, path.glob.text())) else {
                continue;
            };
            let message =
                format!("files of an earlier run in the cache of `{}` would count as built", cache.path);
            self.report(
                frame,
                Diagnostic::error(codes::P0606, message, cache.origin.span)
                    .label(path.origin.span, "it may contain the files of this artefact")
                    .help(
                        "cache what the build reads, such as downloaded packages, and write the result elsewhere",
                    ),
            );
        }
    }
}

/// Whether a file may be below both paths. Compares without case, because some file systems ignore case.
fn can_overlap(cached: &str, built: &str) -> bool {
    let plain = |path: &str| {
        let segments = path.split('/').filter(|segment| !matches!(*segment, "" | "."));
        segments.collect::<Vec<_>>().join("/").to_lowercase()
    };
    let at_or_below = |path: &str| {
        let whole = [path.to_owned(), format!("{path}/**")];
        let languages = whole.iter().filter_map(|glob| Glob::parse(glob).ok()).map(|glob| glob.language());
        languages.fold(Language::empty(), |all, one| all.union(&one))
    };
    let (cached, built) = (plain(cached), plain(built));
    !cached.starts_with('~') && !at_or_below(&cached).intersection(&at_or_below(&built)).is_empty()
}

//! The registry of codes.
//!
//! Each code is declared once, here, with its short name, its first version and its page.

use std::fmt;
use std::str::FromStr;

/// The code of a finding, stable across versions: `P0401`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(u16);

/// A word that is no code of this version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownCode;

struct Entry {
    number: u16,
    slug: &'static str,
    since: &'static str,
    page: &'static str,
}

macro_rules! registry {
    ($($name:ident = $number:literal $slug:literal since $since:literal;)*) => {
        /// The codes by name. The page of each describes it.
        #[expect(missing_docs, reason = "the page of a code is its documentation")]
        pub mod codes {
            use super::Code;
            $(pub const $name: Code = Code($number);)*
        }

        const REGISTRY: &[Entry] = &[$(Entry {
            number: $number,
            slug: $slug,
            since: $since,
            page: include_str!(concat!("../codes/", stringify!($name), ".md")),
        },)*];
    };
}

registry! {
    P0001 = 1 "not-text" since "0.1.0";
    P0002 = 2 "file-too-large" since "0.1.0";
    P0003 = 3 "nesting-too-deep" since "0.1.0";
    P0004 = 4 "stray-character" since "0.1.0";
    P0005 = 5 "unclosed-string" since "0.1.0";
    P0006 = 6 "unknown-escape" since "0.1.0";
    P0007 = 7 "malformed-literal" since "0.1.0";
    P0008 = 8 "malformed-name" since "0.1.0";
    P0009 = 9 "unexpected-word" since "0.1.0";
    P0010 = 10 "unclosed-brace" since "0.1.0";
    P0011 = 11 "stray-brace" since "0.1.0";
    P0012 = 12 "unknown-clause" since "0.1.0";
    P0013 = 13 "misplaced-clause" since "0.1.0";
    P0014 = 14 "foreign-word" since "0.1.0";
    P0015 = 15 "repeated-clause" since "0.1.0";
    P0016 = 16 "incomplete-trigger" since "0.1.0";
    P0017 = 17 "interpolated-script" since "0.1.0";
    P0018 = 18 "reserved-word" since "0.1.0";
    P0019 = 19 "missing-clause" since "0.1.0";
    P0020 = 20 "planned-form" since "0.2.0";
    P0099 = 99 "formatter-gave-up" since "0.1.0";

    P0101 = 101 "unknown-name" since "0.1.0";
    P0102 = 102 "name-taken" since "0.1.0";
    P0103 = 103 "unknown-module" since "0.1.0";
    P0104 = 104 "module-cycle" since "0.1.0";
    P0105 = 105 "escaping-path" since "0.1.0";
    P0106 = 106 "wrong-type" since "0.1.0";
    P0107 = 107 "missing-argument" since "0.1.0";
    P0108 = 108 "unknown-argument" since "0.1.0";
    P0109 = 109 "definition-cycle" since "0.1.0";
    P0110 = 110 "wrong-task" since "0.1.0";
    P0111 = 111 "fact-not-there" since "0.1.0";
    P0112 = 112 "unknown-type" since "0.1.0";
    P0113 = 113 "replaced-clause" since "0.1.0";
    P0114 = 114 "no-trigger" since "0.1.0";
    P0115 = 115 "unknown-event" since "0.1.0";
    P0116 = 116 "malformed-glob" since "0.1.0";
    P0117 = 117 "allowed-theorem" since "0.1.0";
    P0118 = 118 "expired-allowance" since "0.1.0";
    P0119 = 119 "idle-allowance" since "0.1.0";
    P0120 = 120 "malformed-schedule" since "0.1.0";
    P0121 = 121 "variable-taken" since "0.1.0";
    P0122 = 122 "grown-too-large" since "0.1.0";

    P0201 = 201 "unlisted-entry" since "0.1.0";
    P0202 = 202 "second-path" since "0.1.0";
    P0203 = 203 "untrusted-entry" since "0.1.0";
    P0204 = 204 "unprotected-entry" since "0.1.0";
    P0205 = 205 "skipped-environment" since "0.1.0";
    P0206 = 206 "environment-cycle" since "0.1.0";
    P0207 = 207 "cyclic-order" since "0.1.0";
    P0208 = 208 "stranded-change" since "0.1.0";
    P0209 = 209 "idle-change" since "0.1.0";

    P0301 = 301 "artefact-not-in-run" since "0.1.0";
    P0302 = 302 "environment-not-deployed" since "0.1.0";
    P0303 = 303 "build-reads-environment" since "0.1.0";
    P0304 = 304 "built-after-promotion" since "0.1.0";
    P0305 = 305 "other-parts" since "0.1.0";
    P0306 = 306 "nothing-left-behind" since "0.1.0";
    P0307 = 307 "unfit-image-name" since "0.1.0";

    P0401 = 401 "skippable-gate" since "0.1.0";
    P0402 = 402 "uncovered-requirement" since "0.1.0";
    P0403 = 403 "late-gate" since "0.1.0";
    P0404 = 404 "vacuous-gate" since "0.1.0";
    P0405 = 405 "unawaited-gate" since "0.1.0";
    P0406 = 406 "dead-deploy" since "0.1.0";
    P0407 = 407 "undecided-proof" since "0.1.0";
    P0408 = 408 "wrong-subject" since "0.1.0";
    P0409 = 409 "retried-gate" since "0.1.0";
    P0410 = 410 "weak-quorum" since "0.1.0";
    P0411 = 411 "open-override" since "0.1.0";
    P0412 = 412 "idle-override" since "0.1.0";
    P0413 = 413 "missed-change" since "0.1.0";
    P0415 = 415 "unjudged-trigger" since "0.2.0";
    P0416 = 416 "unguarded-production" since "0.2.0";
    P0430 = 430 "stage-after-finally" since "0.2.0";
    P0431 = 431 "finally-with-effect" since "0.2.0";
    P0432 = 432 "finally-without-secret" since "0.2.0";

    P0501 = 501 "unknown-tier" since "0.1.0";
    P0502 = 502 "unending-environment" since "0.1.0";
    P0503 = 503 "open-environment" since "0.1.0";
    P0504 = 504 "broken-strategy" since "0.1.0";
    P0505 = 505 "malformed-window" since "0.1.0";
    P0506 = 506 "unenforceable-approval" since "0.1.0";
    P0507 = 507 "unfit-member" since "0.1.0";
    P0508 = 508 "unfit-address" since "0.1.0";
    P0510 = 510 "deploy-without-version" since "0.2.0";
    P0511 = 511 "unfit-direction" since "0.2.0";

    P0601 = 601 "leaked-secret" since "0.1.0";
    P0602 = 602 "borrowed-environment" since "0.1.0";
    P0603 = 603 "unknown-right" since "0.1.0";
    P0604 = 604 "malformed-identity" since "0.1.0";
    P0605 = 605 "raw-steps-with-secret" since "0.1.0";
    P0606 = 606 "cache-with-authority" since "0.1.0";
    P0607 = 607 "idle-cache" since "0.1.0";
    P0612 = 612 "run-value-in-identity" since "0.2.0";
    P0617 = 617 "unfit-registry-identity" since "0.2.0";
    P0618 = 618 "deciding-setting" since "0.2.0";
    P0619 = 619 "held-without-need" since "0.2.0";
    P0620 = 620 "acting-variable" since "0.2.0";
    P0621 = 621 "literal-credential" since "0.2.0";

    P0701 = 701 "floating-image" since "0.1.0";
    P0702 = 702 "floating-tool" since "0.1.0";
    P0703 = 703 "movable-image" since "0.1.0";
    P0704 = 704 "unpinned-action" since "0.1.0";
    P0705 = 705 "unknown-action" since "0.1.0";
    P0706 = 706 "unknown-input" since "0.1.0";
    P0707 = 707 "missing-input" since "0.1.0";
    P0708 = 708 "wrong-input" since "0.1.0";
    P0709 = 709 "value-in-code" since "0.1.0";
    P0710 = 710 "contradicted-pin" since "0.2.0";

    P0801 = 801 "unbounded-time" since "0.1.0";
    P0802 = 802 "over-budget" since "0.1.0";

    P0901 = 901 "swallowed-failure" since "0.1.0";
    P0902 = 902 "loosened-shell" since "0.1.0";
    P0903 = 903 "rebuild-in-deploy" since "0.1.0";
    P0904 = 904 "undefined-variable" since "0.1.0";
    P0905 = 905 "engine-expression" since "0.1.0";
    P0906 = 906 "engine-variable" since "0.1.0";
    P0907 = 907 "empty-script" since "0.1.0";
    P0908 = 908 "moving-image-in-deploy" since "0.1.0";
    P0909 = 909 "unused-artefact" since "0.2.0";

    P1101 = 1101 "not-on-this-target" since "0.1.0";
    P1102 = 1102 "name-unfit-for-target" since "0.1.0";
    P1103 = 1103 "script-too-long" since "0.1.0";
    P1190 = 1190 "output-differs" since "0.1.0";

    P1201 = 1201 "hand-written-file" since "0.1.0";
    P1202 = 1202 "drift" since "0.1.0";
    P1203 = 1203 "contested-file" since "0.1.0";
    P1204 = 1204 "newer-lock" since "0.2.0";
}

/// Codes of later versions: the first and the last number of a range, and its subject. Their findings are described in
/// the design, so no other finding may get these numbers.
const RESERVED: &[(u16, u16, &str)] = &[
    (124, 124, "legs of a matrix that are excepted or added"),
    (130, 130, "the members of a family"),
    (216, 216, "pipelines that another workflow calls"),
    (312, 314, "previews of images, and what a resumed run builds or reads"),
    (316, 319, "plans of infrastructure, and changes of a schema in two steps"),
    (420, 423, "resumed runs and rollbacks"),
    (515, 515, "approvals in a scheduled promotion"),
    (520, 522, "deploying through a repository, and times without deploys"),
    (610, 610, "identities that are open to members"),
    (614, 616, "plans of infrastructure, forks and comments"),
    (910, 910, "scripts that use a file without getting it"),
    (1001, 1008, "data and models from elsewhere"),
    (1010, 1013, "the ancestry of data and models"),
    (1020, 1027, "licences and formats of models"),
    (1030, 1038, "evaluations and their samples"),
    (1040, 1046, "models that others serve"),
    (1060, 1062, "artefacts that must be deployed together"),
    (1070, 1076, "advice, flaky tests and changes by agents"),
];

/// The subject of a code that a later version will have. `None` for any other word.
pub fn reserved_code(text: &str) -> Option<&'static str> {
    let digits = text.trim().strip_prefix(['P', 'p']).filter(|digits| digits.len() == 4)?;
    let number: u16 = digits.parse().ok()?;
    RESERVED.iter().find(|(first, last, _)| (*first..=*last).contains(&number)).map(|range| range.2)
}

impl Code {
    /// All codes of this version, by number.
    pub fn all() -> impl Iterator<Item = Code> {
        REGISTRY.iter().map(|entry| Code(entry.number))
    }

    /// Its number: 401 for `P0401`.
    pub fn number(self) -> u16 {
        self.0
    }

    /// Its short name: `skippable-gate`.
    pub fn slug(self) -> &'static str {
        self.entry().map_or("", |entry| entry.slug)
    }

    /// The first version that has it.
    pub fn since(self) -> &'static str {
        self.entry().map_or("", |entry| entry.since)
    }

    /// Its page, as Markdown.
    pub fn page(self) -> &'static str {
        self.entry().map_or("", |entry| entry.page)
    }

    /// Whether `allow` may suppress it. Only findings about the supply chain, time and scripts can be allowed, theorems
    /// never. The budget of a run is a theorem.
    pub fn can_be_allowed(self) -> bool {
        // An uncallable action can't be allowed, nor a value as code. A movable image stops no build, so it needs no
        // allowance.
        (700..1000).contains(&self.0) && self != codes::P0802 && !(703..=710).contains(&self.0)
    }

    fn entry(self) -> Option<&'static Entry> {
        REGISTRY.iter().find(|entry| entry.number == self.0)
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "P{:04}", self.0)
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "P{:04}", self.0)
    }
}

impl FromStr for Code {
    type Err = UnknownCode;

    /// Parses `P0401`, in either case, or its short name.
    fn from_str(text: &str) -> Result<Code, UnknownCode> {
        let text = text.trim();
        Code::all()
            .find(|code| {
                code.to_string().eq_ignore_ascii_case(text) || code.slug().eq_ignore_ascii_case(text)
            })
            .ok_or(UnknownCode)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn numbers_rise_and_short_names_are_unique() {
        let numbers: Vec<u16> = Code::all().map(Code::number).collect();
        assert!(numbers.is_sorted_by(|left, right| left < right), "{numbers:?}");
        let slugs: BTreeSet<&str> = Code::all().map(Code::slug).collect();
        assert_eq!(slugs.len(), numbers.len());
    }

    #[test]
    fn reserved_codes_are_ordered_and_unused() {
        let ends: Vec<u16> = RESERVED.iter().flat_map(|(first, last, _)| [*first, *last]).collect();
        assert!(ends.is_sorted(), "{ends:?}");
        let taken = |code: &Code| RESERVED.iter().any(|(first, last, _)| (*first..=*last).contains(&code.0));
        let taken: Vec<Code> = Code::all().filter(taken).collect();
        assert_eq!(taken, [], "remove them from the reserved codes");
        assert_eq!(reserved_code(&Code(420).to_string().to_lowercase()), Some("resumed runs and rollbacks"));
        assert_eq!(reserved_code("P0401"), None);
        assert_eq!(reserved_code("P9999"), None);
        assert!(Code(420).to_string().parse::<Code>().is_err());
    }

    #[test]
    fn a_code_is_read_back_by_number_and_by_short_name() {
        assert_eq!("p0401".parse(), Ok(codes::P0401));
        assert_eq!("skippable-gate".parse(), Ok(codes::P0401));
        assert_eq!("P9999".parse::<Code>(), Err(UnknownCode));
        assert_eq!(codes::P0401.to_string(), "P0401");
    }
}

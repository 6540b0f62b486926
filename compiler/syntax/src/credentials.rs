//! Tokens and keys of well-known services that stand in a source.
//!
//! They are recognised by the form that their issuer gives them, so that leaked ones can be found. The forms are those of
//! the issuers' documentation and of GitHub's list of partners ("Supported secret scanning patterns"), read in 2026-11.
//!
//! ```text
//! env TOKEN = "ghp_0123456789abcdefghijABCDEFGHIJ012345"     a token of GitHub
//! ```

use std::collections::BTreeSet;

/// The form of a token: what it begins with, and what follows.
struct Form {
    start: &'static str,
    rest: Rest,
    issuer: &'static str,
}

/// What follows the start of a token.
enum Rest {
    /// Characters of any kind, at least so many.
    AtLeast(usize),
    /// Capital letters and digits, exactly so many.
    CapitalsAndDigits(usize),
}

const FORMS: &[Form] = &[
    form("ghp_", 36, "a token of GitHub"),
    form("gho_", 36, "a token of GitHub"),
    form("ghu_", 36, "a token of GitHub"),
    form("ghs_", 36, "a token of GitHub"),
    form("ghr_", 36, "a token of GitHub"),
    form("github_pat_", 82, "a token of GitHub"),
    form("glpat-", 20, "a token of GitLab"),
    key_of_aws("AKIA"),
    key_of_aws("ASIA"),
    form("AIza", 35, "an API key of Google"),
    form("xoxb-", 40, "a token of Slack"),
    form("xoxp-", 40, "a token of Slack"),
    form("sk_live_", 24, "a key of Stripe"),
    form("rk_live_", 24, "a key of Stripe"),
    form("npm_", 36, "a token of npm"),
    form("pypi-AgEIcHlwaS5vcmc", 50, "a token of PyPI"),
    form("dckr_pat_", 27, "a token of Docker Hub"),
    form("hf_", 34, "a token of Hugging Face"),
    form("sk-ant-", 80, "a key of Anthropic"),
    form("sk-proj-", 40, "a key of OpenAI"),
    form("hvs.", 24, "a token of Vault"),
    form("SG.", 66, "a key of SendGrid"),
];

const fn form(start: &'static str, least: usize, issuer: &'static str) -> Form {
    Form { start, rest: Rest::AtLeast(least), issuer }
}

const fn key_of_aws(start: &'static str) -> Form {
    Form { start, rest: Rest::CapitalsAndDigits(16), issuer: "an access key of AWS" }
}

/// The shortest token, in characters.
const SHORTEST: usize = 20;

/// How many different characters a real token has at least. A placeholder such as `ghp_xxxx…` has fewer.
const DIFFERENT: usize = 8;

/// The end of the first line of a private key, after the kind of key.
const PRIVATE_KEY: &str = "PRIVATE KEY-----";

/// The tokens and keys in a text: where each begins and ends, and what it is.
pub(crate) fn find(text: &str) -> Vec<(usize, usize, &'static str)> {
    let mut found = Vec::new();
    let mut start = 0;
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    for (at, byte) in text.bytes().chain([b' ']).enumerate() {
        if is_part(byte) {
            continue;
        }
        if at - start >= SHORTEST
            && let Some(word) = text.get(start..at).map(|word| word.trim_end_matches(['.', '-', '_']))
            && let Some(issuer) = issuer(word)
        {
            found.push((start, start + word.len(), issuer));
        }
        start = at + 1;
    }
    for (at, _) in text.match_indices(PRIVATE_KEY) {
        let line = text.get(..at).and_then(|before| before.rfind("-----BEGIN "));
        if let Some(begin) = line.filter(|begin| !text.get(*begin..at).unwrap_or("\n").contains('\n')) {
            found.push((begin, at + PRIVATE_KEY.len(), "a private key"));
        }
    }
    found
}

fn issuer(word: &str) -> Option<&'static str> {
    let form = FORMS.iter().find(|form| {
        word.strip_prefix(form.start).is_some_and(|rest| {
            let has_form = match form.rest {
                Rest::AtLeast(least) => rest.len() >= least,
                Rest::CapitalsAndDigits(length) => {
                    rest.len() == length
                        && rest.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
                }
            };
            // AWS's documentation has keys that end so.
            has_form && is_random(rest) && !rest.ends_with("EXAMPLE")
        })
    })?;
    Some(form.issuer)
}

fn is_random(rest: &str) -> bool {
    rest.bytes().collect::<BTreeSet<_>>().len() >= DIFFERENT
}

#[cfg(test)]
mod tests {
    use super::find;

    fn kinds(text: &str) -> Vec<&'static str> {
        find(text).into_iter().map(|(_, _, kind)| kind).collect()
    }

    #[test]
    fn tokens_are_known_by_their_form() {
        let random = "0123456789abcdefghijABCDEFGHIJ0123456789";
        assert_eq!(kinds(&format!("curl -H 'Authorization: ghp_{random}'")), ["a token of GitHub"]);
        assert_eq!(kinds(&format!("https://x:glpat-{random}@gitlab.com")), ["a token of GitLab"]);
        assert_eq!(kinds("AKIA0123456789ABCDEF"), ["an access key of AWS"]);
        assert_eq!(kinds("-----BEGIN RSA PRIVATE KEY-----"), ["a private key"]);
        assert_eq!(
            kinds(&format!("a npm_{random} b hf_{random}")),
            ["a token of npm", "a token of Hugging Face"]
        );
    }

    #[test]
    fn what_only_looks_alike_is_none() {
        for text in [
            "AKIAIOSFODNN7EXAMPLE",
            "AKIA0123456789abcdef",
            "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            "my_ghp_0123456789abcdefghijABCDEFGHIJ0123456789",
            "npm_config_registry_of_the_company",
            "0123456789abcdef0123456789abcdef01234567",
            "-----BEGIN PUBLIC KEY-----",
            "grep 'PRIVATE KEY-----' file",
            "pypi-publish-to-the-index-of-our-company",
            "sk-proj-short",
        ] {
            assert_eq!(kinds(text), [""; 0], "{text}");
        }
    }
}

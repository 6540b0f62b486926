//! Hosts of the private registries of Amazon ECR.
//!
//! For example, `123456789012.dkr.ecr.eu-west-1.amazonaws.com` is the registry of an account in the region `eu-west-1`.

/// The forms of the hosts of Amazon's private registries, after the account.
///
/// Each has what is before the region, what is after it, and its regions. Sources: "Making requests to Amazon ECR
/// registries" in the user guide of Amazon ECR, "Amazon ECR endpoints and quotas" in the AWS General Reference, and the
/// same page for China.
const AMAZON: [(&str, &str, &[&str]); 6] = [
    ("dkr.ecr.", ".amazonaws.com", REGIONS),
    ("dkr-ecr.", ".on.aws", REGIONS),
    ("dkr.ecr-fips.", ".amazonaws.com", FIPS_REGIONS),
    ("dkr-ecr-fips.", ".on.aws", FIPS_REGIONS),
    ("dkr.ecr.", ".amazonaws.com.cn", CHINESE_REGIONS),
    ("dkr-ecr.", ".on.amazonwebservices.com.cn", CHINESE_REGIONS),
];

/// The regions with Amazon ECR outside China ("Amazon ECR endpoints and quotas").
#[rustfmt::skip]
const REGIONS: &[&str] = &[
    "af-south-1", "ap-east-1", "ap-east-2", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1",
    "ap-south-2", "ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5",
    "ap-southeast-6", "ap-southeast-7", "ca-central-1", "ca-west-1", "eu-central-1", "eu-central-2", "eu-north-1",
    "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-2", "eu-west-3", "il-central-1", "me-central-1", "me-south-1",
    "mx-central-1", "sa-east-1", "us-east-1", "us-east-2", "us-west-1", "us-west-2", "us-gov-east-1", "us-gov-west-1",
];

/// The regions whose registries have FIPS endpoints.
const FIPS_REGIONS: &[&str] =
    &["us-east-1", "us-east-2", "us-west-1", "us-west-2", "us-gov-east-1", "us-gov-west-1"];

const CHINESE_REGIONS: &[&str] = &["cn-north-1", "cn-northwest-1"];

/// The region in the host of a private registry of Amazon. `None` for other hosts.
///
/// # Errors
/// What is wrong with a host that looks like one of Amazon's, but can't be one.
pub fn amazon_region(host: &str) -> Option<Result<&str, String>> {
    let (account, rest) = host.split_once('.')?;
    let services = ["dkr.ecr.", "dkr.ecr-fips.", "dkr-ecr.", "dkr-ecr-fips."];
    let service = services.into_iter().find(|service| rest.starts_with(service))?;
    let (region, _) = rest.strip_prefix(service)?.split_once('.')?;
    let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    let mut ends = Vec::new();
    for (before, after, regions) in AMAZON {
        if before != service || !regions.contains(&region) {
            continue;
        }
        if rest.strip_prefix(before).and_then(|rest| rest.strip_prefix(region)) != Some(after) {
            ends.push(format!("`{after}`"));
        } else if is_account {
            return Some(Ok(region));
        } else {
            return Some(Err(format!("an account of AWS has 12 digits, unlike `{account}`")));
        }
    }
    let is_region = REGIONS.contains(&region) || CHINESE_REGIONS.contains(&region);
    Some(Err(match ends.as_slice() {
        [end, ..] => format!("a host `….{service}{region}` ends in {end}"),
        [] if is_region => format!("`{region}` has no FIPS endpoint"),
        [] => format!("`{region}` is not a region of Amazon ECR"),
    }))
}

#[cfg(test)]
mod tests {
    use super::amazon_region;

    #[test]
    fn every_documented_host_has_its_region() {
        for (host, region) in [
            ("123456789012.dkr.ecr.eu-west-1.amazonaws.com", "eu-west-1"),
            ("123456789012.dkr-ecr.eu-west-1.on.aws", "eu-west-1"),
            ("123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com", "us-gov-west-1"),
            ("123456789012.dkr-ecr-fips.us-east-2.on.aws", "us-east-2"),
            ("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn", "cn-north-1"),
            ("123456789012.dkr-ecr.cn-northwest-1.on.amazonwebservices.com.cn", "cn-northwest-1"),
        ] {
            assert_eq!(amazon_region(host), Some(Ok(region)), "{host}");
        }
    }

    #[test]
    fn other_hosts_are_not_those_of_amazon() {
        for host in
            ["ghcr.io", "public.ecr.aws", "123456789012.dkr.example.com", "dkr.ecr.eu-west-1.amazonaws.com"]
        {
            assert_eq!(amazon_region(host), None, "{host}");
        }
    }

    #[test]
    fn hosts_that_do_not_exist_are_refused_with_the_reason() {
        for (host, reason) in [
            ("123456789012.dkr.ecr.eu-west-9.amazonaws.com", "`eu-west-9` is not a region of Amazon ECR"),
            (
                "123456789012.dkr.ecr.cn-north-1.amazonaws.com",
                "a host `….dkr.ecr.cn-north-1` ends in `.amazonaws.com.cn`",
            ),
            (
                "123456789012.dkr.ecr.eu-west-1.amazonaws.com.cn",
                "a host `….dkr.ecr.eu-west-1` ends in `.amazonaws.com`",
            ),
            (
                "123456789012.dkr-ecr.eu-west-1.amazonaws.com",
                "a host `….dkr-ecr.eu-west-1` ends in `.on.aws`",
            ),
            ("123456789012.dkr.ecr-fips.eu-west-1.amazonaws.com", "`eu-west-1` has no FIPS endpoint"),
            ("12345.dkr.ecr.eu-west-1.amazonaws.com", "an account of AWS has 12 digits, unlike `12345`"),
        ] {
            assert_eq!(amazon_region(host), Some(Err(reason.to_owned())), "{host}");
        }
    }
}

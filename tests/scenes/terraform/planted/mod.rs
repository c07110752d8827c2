//! The mistakes that are planted: what is changed in a good configuration, who has to notice, and in which words.

mod machines;
mod people;
mod platform;
mod policy;
mod terraform;

/// Who has to notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    /// `terraform validate`.
    Validate,
    /// `terraform plan`.
    Plan,
    /// `terraform apply`, with somebody to write to.
    Apply,
    /// `terraform destroy` after an apply with a database.
    Destroy,
    /// A second `terraform plan` after an apply: it must have nothing to do.
    SecondPlan,
    /// The policy on the plan.
    Policy,
    /// The same with people who come through Identity-Aware Proxy.
    PolicyWithPeople,
    /// The same with somebody who may log in.
    PolicyWithLogins,
    /// systemd.
    Systemd,
    /// bash and shellcheck.
    Shell,
    /// The suite's programs.
    Settings,
    /// A run of `terraform test`: its file, its name.
    Test(&'static str, &'static str),
}

/// One mistake.
pub(crate) struct Mistake {
    pub(crate) name: &'static str,
    pub(crate) file: &'static str,
    pub(crate) from: &'static str,
    pub(crate) to: &'static str,
    pub(crate) by: By,
    /// Words that the check says about it.
    pub(crate) told: &'static str,
}

const fn mistake(
    name: &'static str,
    file: &'static str,
    [from, to]: [&'static str; 2],
    by: By,
    told: &'static str,
) -> Mistake {
    Mistake {
        name,
        file,
        from,
        to,
        by,
        told,
    }
}

/// All of them.
pub(crate) fn every() -> Vec<&'static Mistake> {
    let kinds: [&[Mistake]; 5] = [
        &people::MISTAKES,
        &platform::MISTAKES,
        &terraform::MISTAKES,
        &policy::MISTAKES,
        &machines::MISTAKES,
    ];
    kinds.into_iter().flatten().collect()
}

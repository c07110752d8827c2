//! `mock-gce down`: nothing stays.

use alts_daemon::admin::client::print;

use super::DownArgs;

pub(super) fn run(args: DownArgs) -> anyhow::Result<()> {
    let instance = args.which.instance()?;
    let right = instance.exclusive()?;
    let name = instance.name().clone();
    if instance.bring_down(right)? {
        print(&format!("{name} is down\n"))
    } else {
        print(&format!("{name} was not up\n"))
    }
}

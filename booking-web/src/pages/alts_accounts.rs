//! `/alts/accounts`: the cloud's accounts with a switch each, the article's drill, and faults.
//!
//! After each change this front end leaves its connection behind, as a client does that is started
//! again: its handshaker then asks for a new credential, and what is shown is what such a client
//! would see.

use askama::Template;
use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse as _, Redirect, Response},
};

use super::{
    context::Ctx,
    error::{ErrorPage, NO_SUCH_PAGE},
    frame::Frame,
    posted::Posted,
    render,
};
use crate::{
    accounts::{Account, Accounts, AdminError, MachineFaults, Seen},
    backend::{Lookup, Reply},
    view::civil::how_long,
};

/// Faults that are offered; those that a machine has otherwise are shown, and kept until others are set.
const KNOWN_FAULTS: [&str; 8] = [
    "delay=2s",
    "bad-mac",
    "bad-signature",
    "expired",
    "revoked",
    "wrong-issuer",
    "late-error",
    "refuse-target",
];

#[derive(Template)]
#[template(path = "accounts.html")]
struct AccountsPage {
    frame: Frame,
    accounts: Vec<AccountRow>,
    machines: Vec<MachineFaults>,
    /// Why nothing, or not all, is shown or done.
    trouble: String,
    /// Each step, and what it showed last.
    drill: Vec<(DrillStep, Option<Seen>)>,
    can_restart: bool,
}

struct AccountRow {
    account: Account,
    life: String,
    role: &'static str,
}

/// One step of the article's drill: what is done, and the status that the article saw.
#[derive(Clone, Copy)]
struct DrillStep {
    title: &'static str,
    words: &'static str,
    button: &'static str,
    expected: &'static str,
}

const STEPS: [DrillStep; 4] = [
    DrillStep {
        title: "The client's account is disabled",
        words: "A client that is started now gets no credential, so its call never reaches the backend.",
        button: "Disable the client's account and call",
        expected: "UNAVAILABLE",
    },
    DrillStep {
        title: "The server's account is disabled",
        words: "The client's is enabled again. The running backend still holds its credential, so the call succeeds.",
        button: "Disable the server's account and call",
        expected: "OK",
    },
    DrillStep {
        title: "The server is restarted",
        words: "The new process gets no credential. Its side of the handshake says so, and the call fails.",
        button: "Restart the backend and call",
        expected: "UNKNOWN",
    },
    DrillStep {
        title: "The server's account is enabled",
        words: "Its handshaker gets a credential when next asked, and all is as before.",
        button: "Enable the server's account and call",
        expected: "OK",
    },
];

impl AccountsPage {
    /// Whether it fails in a way that is not among those offered.
    fn has_others(&self, machine: &MachineFaults) -> bool {
        !machine.faults.is_empty() && !KNOWN_FAULTS.contains(&&*machine.faults)
    }
}

/// `GET /alts/accounts`
pub(crate) async fn show(ctx: Ctx) -> Result<Response, ErrorPage> {
    Ok(page(&ctx, admin(&ctx)?, None, String::new()).await)
}

/// Where there is nothing to switch, none of this is a page.
fn admin(ctx: &Ctx) -> Result<&Accounts, ErrorPage> {
    ctx.state.accounts.as_deref().ok_or(NO_SUCH_PAGE)
}

async fn page(
    ctx: &Ctx,
    accounts: &Accounts,
    reply: Option<Reply>,
    mut trouble: String,
) -> Response {
    let reply = match reply {
        Some(reply) => reply,
        None => call(ctx).await,
    };
    let now_s = u64::try_from(ctx.now.as_second()).unwrap_or(0);
    let (listed, machines) = tokio::join!(accounts.list(now_s), accounts.machines());
    let listed = listed.unwrap_or_else(|AdminError(words)| {
        trouble = format!("The admin service does not answer: {words}");
        Vec::new()
    });
    let seen = accounts.seen.lock().clone();
    let mut frame = ctx.frame();
    frame.strip = ctx.strip(Some(&reply));
    let rows = listed.into_iter().map(|account| row(account, accounts));
    let page = AccountsPage {
        accounts: rows.collect(),
        machines: machines.unwrap_or_default(),
        trouble,
        drill: STEPS.into_iter().zip(seen).collect(),
        can_restart: accounts.restart.is_some(),
        frame,
    };
    render::page(StatusCode::OK, &page)
}

fn row(account: Account, accounts: &Accounts) -> AccountRow {
    let role = if account.email == accounts.server_account {
        "The backend's"
    } else if accounts.client_account.as_ref() == Some(&account.email) {
        "This front end's"
    } else {
        ""
    };
    let life = i64::try_from(account.life_left_s / 60)
        .map(how_long)
        .unwrap_or_default();
    AccountRow {
        account,
        life,
        role,
    }
}

/// The article's call, over whatever connection there is now.
async fn call(ctx: &Ctx) -> Reply {
    let lookup = Lookup {
        patient: "PT-1204".to_owned(),
        doctor: "DC-3904".to_owned(),
        description: String::new(),
    };
    ctx.state.backend.look_up(lookup, None).await
}

/// `POST /alts/accounts/switch`
pub(crate) async fn switch(Posted { ctx, form }: Posted) -> Result<Response, ErrorPage> {
    let accounts = admin(&ctx)?;
    let enabled = form.get("enabled") == "true";
    let switched = accounts.switch(form.get("account"), enabled).await;
    Ok(after(&ctx, accounts, switched).await)
}

/// `POST /alts/accounts/faults`
pub(crate) async fn faults(Posted { ctx, form }: Posted) -> Result<Response, ErrorPage> {
    let accounts = admin(&ctx)?;
    let (machine, faults) = (form.get("machine"), form.get("faults"));
    let set = accounts.set_faults(machine, faults).await;
    Ok(after(&ctx, accounts, set).await)
}

async fn after(ctx: &Ctx, accounts: &Accounts, done: Result<(), AdminError>) -> Response {
    match done {
        Ok(()) => {
            ctx.state.backend.reconnect();
            Redirect::to("/alts/accounts").into_response()
        }
        Err(AdminError(words)) => page(ctx, accounts, None, words).await,
    }
}

/// `POST /alts/accounts/drill/{step}`
pub(crate) async fn drill(
    Path(step): Path<usize>,
    Posted { ctx, .. }: Posted,
) -> Result<Response, ErrorPage> {
    let accounts = admin(&ctx)?;
    let shown = step.checked_sub(1).and_then(|index| STEPS.get(index));
    let shown = shown.ok_or(NO_SUCH_PAGE)?;
    let client = accounts.client_account.as_ref().ok_or(ErrorPage {
        status: StatusCode::CONFLICT,
        title: "Whose account is ours?",
        cause: "The drill switches this front end's account, and nobody has said which that is.",
        remedy: "Start the front end with --own-account.",
    })?;
    if let Err(AdminError(words)) = prepare(step, accounts, client).await {
        return Ok(page(&ctx, accounts, None, words).await);
    }
    ctx.state.backend.reconnect();
    let reply = call(&ctx).await;
    accounts.seen.lock()[step - 1] = Some(seen(&reply, shown.expected));
    Ok(page(&ctx, accounts, Some(reply), String::new()).await)
}

/// What a step does before its call.
async fn prepare(step: usize, accounts: &Accounts, client: &str) -> Result<(), AdminError> {
    let server = &accounts.server_account;
    match step {
        1 => accounts.switch(client, false).await,
        2 => {
            accounts.switch(client, true).await?;
            accounts.switch(server, false).await
        }
        3 => accounts.restart_backend().await,
        _ => accounts.switch(server, true).await,
    }
}

fn seen(reply: &Reply, expected: &str) -> Seen {
    let (status, detail) = match reply.parts().1 {
        None => ("OK", "The booking came.".to_owned()),
        Some(refusal) => (refusal.code_name(), refusal.detail.clone()),
    };
    Seen {
        agrees: status == expected,
        status,
        detail,
    }
}

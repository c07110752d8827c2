//! A big day and many open pages: how long the server takes for a board, and that two hundred live
//! pages cost little and hear everything.

use std::{net::SocketAddr, time::Duration};

use anyhow::{Context, Result, ensure};
use booking_proto::ot::v1::{Case, Durations};
use jiff::ToSpan as _;
use tests::http;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpStream,
};

use crate::hospital::Hospital;

/// Boards asked for: the best counts, for a neighbour can only slow one down.
const ASKED: usize = 8;
const LIVE_PAGES: usize = 200;
/// What all of them together may cost.
const MAX_GROWTH_KIB: u64 = 100 * 1024;
const CHANGES: i8 = 12;
/// How long news may take to reach all of them on a busy machine.
const HEARD: Duration = Duration::from_secs(20);

/// The cookie of whoever opens the demo's link.
async fn cookie(hospital: &Hospital) -> Result<String> {
    let web = hospital.suite.web_addr;
    let path = hospital
        .link
        .split_once(&web.to_string())
        .context("a link to the front end")?
        .1;
    let answer = http::get(web, path).await?;
    let cookie = answer.head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("set-cookie").then_some(value)
    });
    let cookie = cookie.and_then(|value| value.split(';').next());
    Ok(cookie.context("a cookie")?.to_owned())
}

/// The least time that the server says a board took, in milliseconds, and how many cases it has.
async fn board(hospital: &Hospital, path: &str) -> Result<(u64, usize)> {
    let (web, cookie) = (hospital.suite.web_addr, cookie(hospital).await?);
    let mut cases = 0;
    for _ in 0..ASKED {
        let answer = http::get_as(web, path, &cookie).await?;
        ensure!(answer.status == 200, "{}", answer.head);
        cases = answer.body.matches("data-case=").count();
    }
    let served = hospital.suite.web.logged("request served");
    let boards = served
        .iter()
        .filter(|one| one["route"] == "/" && one["status"] == 200);
    let times: Vec<u64> = boards
        .filter_map(|one| one["duration_ms"].as_u64())
        .collect();
    let times = times
        .get(times.len().saturating_sub(ASKED)..)
        .context("logged boards")?;
    println!("{cases} cases: {times:?} ms");
    Ok((*times.iter().min().context("a time")?, cases))
}

/// Fills the hospital's tomorrow: short cases, one behind the other, from seven to seven.
async fn fill(hospital: &Hospital, theatres: usize, each: usize) -> Result<()> {
    for index in 0..theatres {
        let (theatre, surgeon) = hospital.another_theatre().await?;
        for number in 0..each {
            let start = hospital.tomorrow_at(7)? + (20 * i64::try_from(number)?).minutes();
            let mut case = Case {
                durations: Some(Durations {
                    procedure_min: 15,
                    ..Durations::default()
                }),
                ..hospital.hour(&format!("PT-{}", 7000 + index * each + number))
            };
            case.team[0].staff = surgeon.clone();
            hospital.enter_in(&theatre, case, Some(start)).await?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_board_of_sixty_cases_takes_the_server_a_tenth_of_a_second_and_of_six_hundred_three()
-> Result<()> {
    let hospital = Hospital::start().await?;
    let day = format!("/?date={}", hospital.tomorrow()?);
    let (took_ms, cases) = board(&hospital, &day).await?;
    ensure!(
        cases >= 60 && took_ms < 100,
        "{took_ms} ms for {cases} cases"
    );
    fill(&hospital, 15, 36).await?;
    let (took_ms, cases) = board(&hospital, &day).await?;
    ensure!(
        cases >= 600 && took_ms < 300,
        "{took_ms} ms for {cases} cases"
    );
    Ok(())
}

/// The changes that one page hears, until it has heard of them all.
async fn listen(
    web: SocketAddr,
    cookie: String,
    since: String,
    until: String,
) -> Result<Vec<String>> {
    let mut socket = TcpStream::connect(web).await?;
    let request =
        format!("GET /events?since={since} HTTP/1.1\r\nhost: {web}\r\ncookie: {cookie}\r\n\r\n");
    socket.write_all(request.as_bytes()).await?;
    let mut lines = BufReader::new(socket).lines();
    let (mut heard, mut changed) = (Vec::new(), false);
    while let Some(line) = lines.next_line().await? {
        match line.split_once(": ") {
            Some(("event", kind)) => changed = kind == "changed",
            Some(("data", name)) if changed => heard.push(name.to_owned()),
            _ => {}
        }
        if heard.last() == Some(&until) {
            return Ok(heard);
        }
    }
    anyhow::bail!("the stream ended after {heard:?}")
}

#[tokio::test]
async fn two_hundred_live_pages_cost_little_and_hear_every_change() -> Result<()> {
    let hospital = Hospital::start().await?;
    let mut cases = Vec::new();
    for hour in 0..CHANGES {
        cases.push(hospital.enter_at(&format!("PT-91{hour:02}"), hour).await?);
    }
    let (web, cookie) = (hospital.suite.web_addr, cookie(&hospital).await?);
    let page = http::get_as(web, "/", &cookie).await?.body;
    let since = page
        .split_once("data-since=\"")
        .context("a page that lives")?
        .1;
    let since = since.split('"').next().unwrap_or_default().to_owned();
    let before_kib = hospital.suite.web.resident_kib()?;
    let last = cases.last().context("a case")?;
    let pages: Vec<_> = (0..LIVE_PAGES)
        .map(|_| tokio::spawn(listen(web, cookie.clone(), since.clone(), last.clone())))
        .collect();
    for case in &cases {
        hospital.confirm(case).await?;
    }
    for page in pages {
        let heard = tokio::time::timeout(HEARD, page)
            .await
            .context("not all was heard")???;
        ensure!(heard == cases, "{heard:?} instead of {cases:?}");
    }
    let growth_kib = hospital
        .suite
        .web
        .resident_kib()?
        .saturating_sub(before_kib);
    println!("{LIVE_PAGES} live pages: {growth_kib} KiB");
    ensure!(growth_kib < MAX_GROWTH_KIB, "{growth_kib} KiB");
    Ok(())
}

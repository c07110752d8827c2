//! The suite in the machines: nothing it is told says "mock".

use tests::{
    INTRUDER_ACCOUNT, SERVER_ACCOUNT,
    machines::{BACKEND, CLIENT_VM, INTRUDER_VM, SERVER_VM},
    process::Process,
};

use super::{machines, stderr, stdout};

#[tokio::test]
async fn the_articles_call_works_as_printed_and_the_intruder_is_refused() {
    let machines = machines().await;
    let server = machines.start_server().await.expect("starts");

    let output = machines.call_from(CLIENT_VM).await.expect("runs");
    assert_eq!(stdout(&output), "Date of booking: 01-Jun-2024 11:30\n");
    // No opt-in was needed, and so nobody warns of one.
    assert_eq!(stderr(&output), "");

    let output = machines.call_from(INTRUDER_VM).await.expect("runs");
    assert_eq!(output.status.code(), Some(1));
    let said = stderr(&output);
    let refusal = format!("PERMISSION_DENIED: Client {INTRUDER_ACCOUNT} is not authorized");
    assert!(said.contains(&refusal), "{said}");
    assert_eq!(
        server
            .logged("Received request for booking info for patient")
            .len(),
        0
    );
}

#[tokio::test]
async fn a_client_that_expects_another_server_refuses_it() {
    let machines = machines().await;
    let _server = machines.start_server().await.expect("starts");
    let mut client = machines
        .program(CLIENT_VM, "booking-client")
        .expect("built");
    let output = client
        .args([BACKEND, INTRUDER_ACCOUNT])
        .output()
        .await
        .expect("runs");
    assert_eq!(output.status.code(), Some(3));
    let said = stderr(&output);
    assert!(
        said.contains(SERVER_ACCOUNT) && said.contains(INTRUDER_ACCOUNT),
        "{said}"
    );
}

#[tokio::test]
async fn the_front_end_finds_the_backend_by_its_host_name() {
    let machines = machines().await;
    let _server = machines.start_server().await.expect("starts");
    let mut web = machines.program(CLIENT_VM, "booking-web").expect("built");
    web.args([
        "--backend",
        "prod-booking-service-vm:8080",
        "--backend-account",
        SERVER_ACCOUNT,
    ])
    .args(["--listen", "127.0.0.1:8081", "--log-format", "json"]);
    let mut web = Process::start("booking-web", web).expect("starts");
    web.announced("Booking web front end started")
        .await
        .expect("starts");

    // A browser on the same machine, as far as bash is one.
    let form = "patient=PT-1204&doctor=DC-3904&description=";
    let request = format!(
        "POST /booking HTTP/1.0\\r\\nHost: 127.0.0.1:8081\\r\\nOrigin: http://127.0.0.1:8081\\r\\n\
         Content-Type: application/x-www-form-urlencoded\\r\\nContent-Length: {}\\r\\n\\r\\n{form}",
        form.len()
    );
    let script = format!("exec 3<>/dev/tcp/127.0.0.1/8081; printf '{request}' >&3; cat <&3");
    let mut browser = machines.exec(CLIENT_VM, "bash").expect("built");
    let output = browser.args(["-c", &script]).output().await.expect("runs");
    let page = stdout(&output);
    for wanted in ["HTTP/1.0 200 ", "01-Jun-2024 11:30", SERVER_ACCOUNT] {
        assert!(page.contains(wanted), "{wanted}: {page}{}", web.log_text());
    }
}

#[tokio::test]
async fn a_machine_is_not_on_the_computer_around_it() {
    let machines = machines().await;
    // The one program that must know its way out has none: there is no route.
    let outside = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("binds");
    let port = outside.local_addr().expect("an address").port();
    let mut shell = machines.exec(SERVER_VM, "bash").expect("built");
    let script = format!("exec 3<>/dev/tcp/127.0.0.1/{port}");
    let output = shell.args(["-c", &script]).output().await.expect("runs");
    assert!(!output.status.success());
    assert!(
        stderr(&output).contains("Connection refused"),
        "{}",
        stderr(&output)
    );
}

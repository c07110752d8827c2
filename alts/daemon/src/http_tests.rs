//! Tests of `http.rs`.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::*;

/// Answers one request with these bytes.
async fn answering(bytes: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = [0; 1024];
        let _ = stream.read(&mut request).await;
        let _ = stream.write_all(bytes).await;
        if !bytes.is_empty() {
            // Reads on, so that nothing is reset before it is read.
            let _ = stream.read(&mut request).await;
        }
    });
    address.to_string()
}

#[tokio::test]
async fn a_good_answer_comes_with_its_headers() {
    let host = answering(b"HTTP/1.1 200 OK\r\nx-a: b\r\ncontent-length: 2\r\n\r\nhi").await;
    let answer = get(&format!("http://{host}/x?y"), &[("a", "b")], 2)
        .await
        .unwrap();
    assert_eq!(answer.body, "hi");
    assert_eq!(answer.headers["x-a"], "b");
}

#[tokio::test]
async fn every_bad_answer_is_an_error_in_one_line() {
    let cases: [(&'static [u8], &str, &str); 5] = [
        (
            b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n",
            "http",
            "answered 404",
        ),
        (
            b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabc",
            "http",
            "answered badly",
        ),
        (b"SSH-2.0-OpenSSH\r\n", "http", "answered badly"),
        (b"", "http", "answered badly"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "https", "cannot reach"),
    ];
    for (bytes, scheme, expected) in cases {
        let host = answering(bytes).await;
        let error = get(&format!("{scheme}://{host}/"), &[], 2)
            .await
            .unwrap_err()
            .to_string();
        assert!(error.contains(expected), "{expected}: {error}");
        assert_eq!(error.lines().count(), 1, "{error}");
    }
    for url in ["", "ftp://a/b", "http://", "nonsense"] {
        let error = get(url, &[], 2).await.unwrap_err().to_string();
        assert!(error.contains("is no http"), "{url}: {error}");
    }
}

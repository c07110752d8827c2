//! Reads the metrics of a running process, as Prometheus would.

use tokio::net::UnixStream;

use crate::{
    admin::address::AdminAddress,
    http::{self, HttpError},
};

/// Largest answer, in bytes: a few KiB per machine.
const MAX_METRICS_LEN: usize = 4 * 1024 * 1024;

/// The text of `/metrics` of the process whose admin service is at `admin`: `HOST:PORT` or
/// `unix:/PATH`.
///
/// # Errors
/// When nobody answers there.
pub async fn metrics(admin: &str) -> Result<String, HttpError> {
    let answer = match admin.parse() {
        Ok(AdminAddress::Unix(path)) => {
            let stream = UnixStream::connect(path).await;
            let stream = stream.map_err(|source| HttpError::Unreachable {
                host: admin.to_owned(),
                source,
            })?;
            http::get_over(stream, "http://localhost/metrics", &[], MAX_METRICS_LEN).await?
        }
        _ => http::get(&format!("http://{admin}/metrics"), &[], MAX_METRICS_LEN).await?,
    };
    Ok(String::from_utf8_lossy(&answer.body).into_owned())
}

//! The service as commands see it: a channel, what every call carries, and the site's civil time.

use std::time::Duration;

use alts::{AltsChannel, AltsContext, Handshaker};
use booking_proto::ot::v1::{
    self, Site, audit_service_client::AuditServiceClient, case_service_client::CaseServiceClient,
    hospital_service_client::HospitalServiceClient, report_service_client::ReportServiceClient,
    schedule_service_client::ScheduleServiceClient, session_service_client::SessionServiceClient,
    transfer_service_client::TransferServiceClient, watch_service_client::WatchServiceClient,
};
use jiff::{Timestamp, tz::TimeZone};
use tokio::sync::OnceCell;
use tonic::{
    Request, Response, Status,
    metadata::{Ascii, MetadataValue},
};

use super::pages;
use crate::{
    cli::Common,
    failure::Failure,
    moment::Place,
    request::{Endpoint, id_of, resource},
};

/// How much longer than our own limit the server is told. Our timer must win: tonic calls its own
/// expired timer CANCELLED, and only this side knows that it is time that ran out.
pub(super) const SERVER_GRACE: Duration = Duration::from_millis(250);

/// Whom the call is for, where an account may act for people.
pub(super) const ON_BEHALF_OF: &str = "on-behalf-of";

/// The service at the other end of one secured channel.
#[derive(Clone, Debug)]
pub(super) struct Service {
    channel: AltsChannel,
    timeout: Duration,
    person: Option<MetadataValue<Ascii>>,
    /// As typed; empty for the only one.
    wanted_site: Option<String>,
    site: OnceCell<(Site, TimeZone)>,
    endpoint: Endpoint,
    handshaker: Handshaker,
}

macro_rules! clients {
    ($($name:ident: $client:ident),+ $(,)?) => {
        $(pub(super) fn $name(&self) -> $client<AltsChannel> {
            $client::new(self.channel.clone())
        })+
    };
}

impl Service {
    /// A service that is connected to at the first call.
    pub(super) fn new(
        common: &Common,
        endpoint: &Endpoint,
        handshaker: Handshaker,
    ) -> Result<Self, Failure> {
        let person = person(common.on_behalf_of.as_deref())?;
        Ok(Self {
            channel: channel(endpoint, handshaker.clone())?,
            timeout: common.timeout,
            person,
            wanted_site: common.site.clone(),
            site: OnceCell::new(),
            endpoint: endpoint.clone(),
            handshaker,
        })
    }

    /// The same service over a connection of its own.
    pub(super) fn another_connection(&self) -> Result<Self, Failure> {
        let channel = channel(&self.endpoint, self.handshaker.clone())?;
        Ok(Self {
            channel,
            ..self.clone()
        })
    }

    clients! {
        cases: CaseServiceClient,
        schedule: ScheduleServiceClient,
        sessions: SessionServiceClient,
        hospital: HospitalServiceClient,
        reports: ReportServiceClient,
        transfer: TransferServiceClient,
        watch: WatchServiceClient,
        audit: AuditServiceClient,
    }

    /// Makes one call, within the timeout, and believes the answer only with proof of who gave it.
    pub(super) async fn call<M, R>(
        &self,
        message: M,
        method: impl AsyncFnOnce(Request<M>) -> Result<Response<R>, Status>,
    ) -> Result<R, Failure> {
        let mut request = self.request(message);
        request.set_timeout(self.timeout + SERVER_GRACE);
        match tokio::time::timeout(self.timeout, method(request)).await {
            Ok(Ok(response)) => believe(response),
            Ok(Err(status)) => Err(Failure::in_command(&status)),
            Err(_) => Err(Failure::deadline(self.timeout)),
        }
    }

    /// Opens a stream, within the timeout; how long it then lasts is the caller's affair.
    pub(super) async fn open<M, R>(
        &self,
        message: M,
        method: impl AsyncFnOnce(Request<M>) -> Result<Response<R>, Status>,
    ) -> Result<R, Failure> {
        match tokio::time::timeout(self.timeout, method(self.request(message))).await {
            Ok(Ok(response)) => believe(response),
            Ok(Err(status)) => Err(Failure::in_command(&status)),
            Err(_) => Err(Failure::deadline(self.timeout)),
        }
    }

    fn request<M>(&self, message: M) -> Request<M> {
        let mut request = Request::new(message);
        if let Some(person) = &self.person {
            request.metadata_mut().insert(ON_BEHALF_OF, person.clone());
        }
        request
    }

    /// The site's name, for requests that are about one.
    pub(super) async fn site(&self) -> Result<&str, Failure> {
        Ok(&self.known_site().await?.0.name)
    }

    /// Where and when: the site's civil time and now.
    pub(super) async fn place(&self) -> Result<Place, Failure> {
        let zone = self.known_site().await?.1.clone();
        Ok(Place {
            zone,
            now: Timestamp::now(),
        })
    }

    async fn known_site(&self) -> Result<&(Site, TimeZone), Failure> {
        self.site.get_or_try_init(|| self.ask_for_site()).await
    }

    async fn ask_for_site(&self) -> Result<(Site, TimeZone), Failure> {
        let mut hospital = self.hospital();
        let sites = pages::all(pages::EVERYTHING, async |page_size, page_token| {
            let request = v1::ListSitesRequest {
                page_size,
                page_token,
            };
            let page = self
                .call(request, async |r| hospital.list_sites(r).await)
                .await?;
            Ok((page.sites, page.next_page_token))
        })
        .await?;
        let site = choose(sites, self.wanted_site.as_deref())?;
        let zone = TimeZone::get(&site.time_zone).map_err(|_| {
            Failure::usage(&format!(
                "the site's time zone {} is not known to this program; use a newer one",
                site.time_zone
            ))
        })?;
        Ok((site, zone))
    }
}

/// The site that is meant.
fn choose(sites: Vec<Site>, wanted: Option<&str>) -> Result<Site, Failure> {
    let ids = sites
        .iter()
        .map(|site| id_of(&site.name))
        .collect::<Vec<_>>()
        .join(", ");
    let mut matching = sites
        .into_iter()
        .filter(|site| wanted.is_none_or(|wanted| site.name == resource("sites", wanted)));
    match (matching.next(), matching.next()) {
        (Some(site), None) => Ok(site),
        (None, _) if ids.is_empty() => Err(Failure::usage(
            "the service has no site yet; make one with 'booking-client sites create'",
        )),
        _ => Err(Failure::usage(&format!(
            "which site is meant? Choose one with --site: {ids}"
        ))),
    }
}

/// The person for whom calls are made, as metadata.
pub(super) fn person(typed: Option<&str>) -> Result<Option<MetadataValue<Ascii>>, Failure> {
    let unsendable = |_| {
        Failure::usage("--on-behalf-of has characters that cannot be sent; use printable ASCII")
    };
    typed
        .map(|typed| typed.parse().map_err(unsendable))
        .transpose()
}

/// A channel that connects at its first call.
pub(super) fn channel(endpoint: &Endpoint, handshaker: Handshaker) -> Result<AltsChannel, Failure> {
    let targets = endpoint.targets.iter().cloned();
    AltsChannel::builder(handshaker)
        .target_service_accounts(targets)
        .connect_lazy(endpoint.address.as_str())
        .map_err(|error| Failure::from_alts(&error))
}

/// Takes an answer only together with the proof of who gave it.
fn believe<R>(response: Response<R>) -> Result<R, Failure> {
    match response.extensions().get::<AltsContext>() {
        Some(_) => Ok(response.into_inner()),
        None => Err(Failure::unproven()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(id: &str) -> Site {
        Site {
            name: format!("sites/{id}"),
            time_zone: "Europe/London".to_owned(),
            ..Site::default()
        }
    }

    #[test]
    fn the_only_site_need_not_be_named_and_of_several_one_must() {
        assert_eq!(choose(vec![site("a")], None).unwrap().name, "sites/a");
        let both = || vec![site("a"), site("b")];
        assert_eq!(choose(both(), Some("b")).unwrap().name, "sites/b");
        assert_eq!(choose(both(), Some("sites/b")).unwrap().name, "sites/b");
        for wanted in [None, Some("c")] {
            let complaint = choose(both(), wanted).unwrap_err().to_string();
            assert!(complaint.contains("--site: a, b"), "{complaint}");
        }
    }

    #[test]
    fn an_answer_from_nobody_in_particular_is_thrown_away() {
        assert_eq!(believe(Response::new(())).unwrap_err(), Failure::unproven());
    }
}

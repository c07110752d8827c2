//! The service as commands see it: a channel, what every call carries, and the site's civil time.

use std::time::Duration;

use alts::{AltsChannel, AltsContext, Handshaker};
use booking_proto::{
    contract::{limits::SERVER_GRACE, metadata::ON_BEHALF_OF},
    ot::v1::{
        ListSitesRequest, Site, audit_service_client::AuditServiceClient,
        case_service_client::CaseServiceClient, hospital_service_client::HospitalServiceClient,
        report_service_client::ReportServiceClient, schedule_service_client::ScheduleServiceClient,
        session_service_client::SessionServiceClient,
        transfer_service_client::TransferServiceClient, watch_service_client::WatchServiceClient,
    },
    otbooking::ot_booking_service_client::OtBookingServiceClient,
};
use jiff::{Timestamp, tz::TimeZone};
use tokio::sync::OnceCell;
use tonic::{
    Request, Response, Status,
    metadata::{Ascii, MetadataValue},
};

use super::pages::{self, EVERYTHING, PageRequest};
use crate::{
    failure::Failure,
    reading::{Common, Endpoint, SiteTime, id_of, resource},
};

/// The calls of one service of the contract, over a secured channel.
pub trait Client {
    /// Over this channel.
    fn over(channel: AltsChannel) -> Self;
}

macro_rules! clients {
    ($($name:ident = $client:ident),+ $(,)?) => { $(
        #[doc = concat!("[`", stringify!($client), "`] over ALTS.")]
        pub type $name = $client<AltsChannel>;

        impl Client for $name {
            fn over(channel: AltsChannel) -> Self {
                Self::new(channel)
            }
        }
    )+ };
}

clients! {
    AuditClient = AuditServiceClient,
    CaseClient = CaseServiceClient,
    HospitalClient = HospitalServiceClient,
    ReportClient = ReportServiceClient,
    ScheduleClient = ScheduleServiceClient,
    SessionClient = SessionServiceClient,
    TransferClient = TransferServiceClient,
    WatchClient = WatchServiceClient,
}

/// The largest answer to the article's call that is read: two short texts, with room for every field to
/// come.
const MAX_ARTICLE_BYTES: usize = 64 * 1024;

/// [`OtBookingServiceClient`] over ALTS.
pub type ArticleClient = OtBookingServiceClient<AltsChannel>;

impl Client for ArticleClient {
    fn over(channel: AltsChannel) -> Self {
        Self::new(channel).max_decoding_message_size(MAX_ARTICLE_BYTES)
    }
}

/// The service at the other end of one secured channel.
#[derive(Clone, Debug)]
pub struct Service {
    channel: AltsChannel,
    timeout: Duration,
    person: Option<MetadataValue<Ascii>>,
    /// As typed; empty for the only one.
    wanted_site: Option<String>,
    site: OnceCell<(Site, TimeZone)>,
    endpoint: Endpoint,
    handshaker: Handshaker,
}

impl Service {
    /// A service that is connected to at the first call.
    pub fn new(
        common: &Common,
        endpoint: Endpoint,
        handshaker: Handshaker,
    ) -> Result<Self, Failure> {
        let person = common.on_behalf_of.as_ref().map(|typed| typed.parse());
        let person = person.transpose().map_err(|_| {
            Failure::usage("--on-behalf-of has characters that cannot be sent; use printable ASCII")
        })?;
        Ok(Self {
            channel: channel(&endpoint, handshaker.clone())?,
            timeout: common.timeout,
            person,
            wanted_site: common.site.clone(),
            site: OnceCell::new(),
            endpoint,
            handshaker,
        })
    }

    /// The same service over a connection of its own.
    pub fn another_connection(&self) -> Result<Self, Failure> {
        let channel = channel(&self.endpoint, self.handshaker.clone())?;
        Ok(Self {
            channel,
            ..self.clone()
        })
    }

    /// Where it is, as typed.
    pub fn address(&self) -> &str {
        self.endpoint.address.as_str()
    }

    /// Makes one call, within the timeout, and believes the answer only with proof of who gave it.
    pub async fn call<C: Client, M, R>(
        &self,
        method: impl AsyncFnOnce(&mut C, Request<M>) -> Result<Response<R>, Status>,
        message: M,
    ) -> Result<R, Failure> {
        let request = self.request_with_deadline(message);
        let (answer, _) = self.ask(method, request, Failure::in_command).await?;
        Ok(answer)
    }

    /// Opens a stream, within the timeout; how long it then lasts is the caller's affair.
    pub async fn open<C: Client, M, R>(
        &self,
        method: impl AsyncFnOnce(&mut C, Request<M>) -> Result<Response<R>, Status>,
        message: M,
    ) -> Result<R, Failure> {
        let request = self.request(message);
        let (answer, _) = self.ask(method, request, Failure::in_command).await?;
        Ok(answer)
    }

    /// Fetches a list page by page, up to `limit` or all of it.
    pub async fn list<C: Client, M: PageRequest>(
        &self,
        method: impl AsyncFn(&mut C, Request<M>) -> Result<Response<M::Page>, Status>,
        message: M,
        limit: u32,
    ) -> Result<Vec<M::Item>, Failure> {
        pages::all(limit, async |size, token| {
            let page = self.call(&method, message.page(size, token)).await?;
            Ok(M::items(page))
        })
        .await
    }

    /// The article's call: the answer, and the proof of who gave it.
    pub async fn article<M, R>(
        &self,
        method: impl AsyncFnOnce(&mut ArticleClient, Request<M>) -> Result<Response<R>, Status>,
        message: M,
    ) -> Result<(R, AltsContext), Failure> {
        let request = self.request_with_deadline(message);
        self.ask(method, request, Failure::from_status).await
    }

    async fn ask<C: Client, M, R>(
        &self,
        method: impl AsyncFnOnce(&mut C, Request<M>) -> Result<Response<R>, Status>,
        request: Request<M>,
        refused: fn(&Status) -> Failure,
    ) -> Result<(R, AltsContext), Failure> {
        let mut client = C::over(self.channel.clone());
        match tokio::time::timeout(self.timeout, method(&mut client, request)).await {
            Ok(Ok(response)) => believe(response),
            Ok(Err(status)) => Err(refused(&status)),
            Err(_) => Err(Failure::deadline(self.timeout)),
        }
    }

    /// Tells the server for whom it works, where somebody was named.
    fn request<M>(&self, message: M) -> Request<M> {
        let mut request = Request::new(message);
        if let Some(person) = &self.person {
            request.metadata_mut().insert(ON_BEHALF_OF, person.clone());
        }
        request
    }

    /// Tells it also when nobody waits any longer, so that it does not work for nobody.
    fn request_with_deadline<M>(&self, message: M) -> Request<M> {
        let mut request = self.request(message);
        request.set_timeout(self.timeout + SERVER_GRACE);
        request
    }

    /// The site's name, for requests that are about one.
    pub async fn site(&self) -> Result<String, Failure> {
        Ok(self.known_site().await?.0.name.clone())
    }

    /// The site's civil time, and now.
    pub async fn site_time(&self) -> Result<SiteTime, Failure> {
        Ok(SiteTime {
            zone: self.known_site().await?.1.clone(),
            now: Timestamp::now(),
        })
    }

    async fn known_site(&self) -> Result<&(Site, TimeZone), Failure> {
        self.site.get_or_try_init(|| self.ask_for_site()).await
    }

    async fn ask_for_site(&self) -> Result<(Site, TimeZone), Failure> {
        let request = ListSitesRequest::default();
        let sites = self.list(HospitalClient::list_sites, request, EVERYTHING);
        let site = choose(sites.await?, self.wanted_site.as_deref())?;
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

/// A channel that connects at its first call.
fn channel(endpoint: &Endpoint, handshaker: Handshaker) -> Result<AltsChannel, Failure> {
    let targets = endpoint.targets.iter().cloned();
    AltsChannel::builder(handshaker)
        .target_service_accounts(targets)
        .connect_lazy(endpoint.address.as_str())
        .map_err(|error| Failure::from_alts(&error))
}

/// Takes an answer only together with the proof of who gave it.
fn believe<R>(mut response: Response<R>) -> Result<(R, AltsContext), Failure> {
    let proof = response.extensions_mut().remove::<AltsContext>();
    Ok((response.into_inner(), proof.ok_or_else(Failure::unproven)?))
}

#[cfg(test)]
#[path = "service_tests.rs"]
mod tests;

//! The service as commands see it: a channel, what every call carries, and the site's civil time.

use std::time::Duration;

use alts::{AltsChannel, AltsContext, Handshaker};
use booking_proto::{
    contract::{limits::SERVER_GRACE, metadata::ON_BEHALF_OF},
    ot::v1::{ListSitesRequest, ReportRequest, Site},
    otbooking::{BookingRequest, BookingResponse},
};
use jiff::{Timestamp, tz::TimeZone};
use prost::{Message, Name};
use tokio::sync::OnceCell;
use tonic::{
    Request, Response, Status, Streaming,
    client::Grpc,
    metadata::{Ascii, MetadataValue},
};
use tonic_prost::ProstCodec;

use super::{
    calls::{Answer, Call, path},
    pages::{self, EVERYTHING, Page},
};
use crate::{
    failure::Failure,
    printing::joined,
    reading::{Common, Endpoint, SiteTime, id_of, resource},
};

/// The largest answer to the article's call that is read: two short texts, with room for every field to
/// come.
const MAX_ARTICLE_BYTES: usize = 64 * 1024;

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
    pub async fn call<M: Call>(&self, message: M) -> Result<M::Answer, Failure> {
        self.answer(message).await
    }

    /// The same for a report: all are asked for alike.
    pub async fn report<R: Answer>(&self, request: ReportRequest) -> Result<R, Failure> {
        self.answer(request).await
    }

    async fn answer<M: Message + Name + 'static, R: Answer>(
        &self,
        message: M,
    ) -> Result<R, Failure> {
        let answer = async { self.unary(self.ready().await?, message).await };
        Ok(self.ask(answer, Failure::in_command).await?.0)
    }

    /// The article's call: the answer, and the proof of who gave it.
    pub async fn article(
        &self,
        message: BookingRequest,
    ) -> Result<(BookingResponse, AltsContext), Failure> {
        let answer = async {
            let grpc = self.ready().await?;
            let grpc = grpc.max_decoding_message_size(MAX_ARTICLE_BYTES);
            self.unary(grpc, message).await
        };
        self.ask(answer, Failure::from_status).await
    }

    /// Opens a stream, within the timeout; how long it then lasts is the caller's affair.
    pub async fn open<M: Call>(&self, message: M) -> Result<Streaming<M::Answer>, Failure> {
        let (request, path) = (self.request(message), path::<M, M::Answer>());
        let opened = async {
            let mut grpc = self.ready().await?;
            grpc.server_streaming(request, path, ProstCodec::default())
                .await
        };
        Ok(self.ask(opened, Failure::in_command).await?.0)
    }

    /// Fetches a list page by page, up to `limit` or all of it.
    pub async fn list<M: Page>(&self, message: M, limit: u32) -> Result<Vec<M::Item>, Failure> {
        pages::all(limit, async |size, token| {
            let page = self.call(message.page(size, token)).await?;
            Ok(M::items(page))
        })
        .await
    }

    async fn ready(&self) -> Result<Grpc<AltsChannel>, Status> {
        let mut grpc = Grpc::new(self.channel.clone());
        let ready = grpc.ready().await;
        ready.map_err(|error| Status::from_error(error.into()))?;
        Ok(grpc)
    }

    async fn unary<M: Message + Name + 'static, R: Answer>(
        &self,
        mut grpc: Grpc<AltsChannel>,
        message: M,
    ) -> Result<Response<R>, Status> {
        let (request, path) = (self.request_with_deadline(message), path::<M, R>());
        grpc.unary(request, path, ProstCodec::default()).await
    }

    async fn ask<R>(
        &self,
        answer: impl Future<Output = Result<Response<R>, Status>>,
        refused: fn(&Status) -> Failure,
    ) -> Result<(R, AltsContext), Failure> {
        match tokio::time::timeout(self.timeout, answer).await {
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
        let sites = self.list(ListSitesRequest::default(), EVERYTHING).await?;
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
    let ids = joined(sites.iter().map(|site| id_of(&site.name)));
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

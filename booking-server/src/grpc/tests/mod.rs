//! The services over plain TCP, without what stands in front of them unless it is what is tested.

mod answers;
mod authorization;
mod cases;
mod days;
mod drafts;
mod fields;
mod files;
mod health;
mod limits;
mod logs;
mod privacy;
mod reports;
mod requests;
mod roles;
mod spoiled;
mod watches;
mod world;

use std::net::SocketAddr;

use booking_proto::otbooking::{
    BookingRequest, BookingResponse, ot_booking_service_client::OtBookingServiceClient,
};
use tokio::task::JoinHandle;
use tonic::{Response, Status, transport::Channel};

use super::*;
use crate::testing::{article, connect, listen};

type Answer = Result<Response<BookingResponse>, Status>;

/// A server of the services alone, logged and open to all; it lasts as long as this value.
struct Open {
    address: SocketAddr,
    board: HealthBoard,
    _server: tokio::task::JoinSet<()>,
}

impl Open {
    async fn over<S: Bookings>(store: &S) -> Self {
        Self::with(article(store)).await
    }

    async fn with<S: Bookings>(article: Article<S>) -> Self {
        let board = HealthBoard::new();
        let routes = article_routes(article, &board).unwrap();
        let (incoming, address) = listen().await;
        let mut server = tokio::task::JoinSet::new();
        server.spawn(async move {
            let open = Server::builder()
                .layer(AroundLayer(CallLog::default()))
                .add_routes(routes);
            open.serve_with_incoming(incoming).await.unwrap();
        });
        Self {
            address,
            board,
            _server: server,
        }
    }

    async fn booking(&self) -> OtBookingServiceClient<Channel> {
        OtBookingServiceClient::new(connect(self.address).await)
    }

    async fn ask(&self, patient: &str, doctor: &str, description: &str) -> Answer {
        self.booking()
            .await
            .get_booking_info(request(patient, doctor, description))
            .await
    }
}

fn request(patient: &str, doctor: &str, description: &str) -> BookingRequest {
    BookingRequest {
        patient_id: patient.into(),
        doctor_id: doctor.into(),
        description: description.into(),
    }
}

/// The article's call, under way beside the test.
async fn call(open: &Open) -> JoinHandle<Answer> {
    let mut client = open.booking().await;
    tokio::spawn(async move {
        client
            .get_booking_info(request("PT-1204", "DC-3904", ""))
            .await
    })
}

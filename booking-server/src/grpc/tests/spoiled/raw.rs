//! Calls with any bytes.

use prost::bytes::Bytes;
use prost_reflect::MethodDescriptor;
use tonic::{
    Request, Status,
    codec::{BufferSettings, Codec, DecodeBuf, Decoder, EncodeBuf, Encoder},
};

use super::super::world::{FRONT_END, Wire, World};

/// Sends bytes as they are, and takes any reply.
#[derive(Default)]
struct Raw;

impl Codec for Raw {
    type Encode = Bytes;
    type Decode = ();
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, item: Bytes, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        prost::bytes::BufMut::put(buffer, item);
        Ok(())
    }

    fn buffer_settings(&self) -> BufferSettings {
        BufferSettings::default()
    }
}

impl Decoder for Raw {
    type Item = ();
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<()>, Status> {
        let rest = prost::bytes::Buf::remaining(buffer);
        prost::bytes::Buf::advance(buffer, rest);
        Ok(Some(()))
    }
}

/// Somebody who may do everything, calling methods by name with any bytes.
pub(super) struct Caller(tonic::client::Grpc<Wire>);

impl Caller {
    pub(super) async fn new(world: &World) -> Self {
        Self(tonic::client::Grpc::new(world.wire(FRONT_END, None).await))
    }

    pub(super) async fn call(
        &mut self,
        method: &MethodDescriptor,
        request: Bytes,
    ) -> Result<(), Status> {
        self.0.ready().await.unwrap();
        let service = method.parent_service().full_name();
        let path = format!("/{service}/{}", method.name()).parse().unwrap();
        let answer = self
            .0
            .server_streaming(Request::new(request), path, Raw)
            .await?;
        if method.name() == "WatchSchedule" {
            return Ok(());
        }
        answer.into_inner().message().await.map(drop)
    }
}

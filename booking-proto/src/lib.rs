//! The wire contract of the OT booking service, as generated Rust.
//!
//! This crate knows nothing of ALTS, of the database or of pages; it is what the backend, the
//! command line and the front end agree on. The `.proto` files under `proto/` are the reference:
//! their comments say what each field means and which statuses each call can end with. What is agreed
//! on beside them (metadata, permissions, reasons of refusals, names of resources, limits) is in
//! [`contract`].
//!
//! ```
//! use booking_proto::otbooking::BookingRequest;
//! use booking_proto::otbooking::ot_booking_service_server as server;
//!
//! let request = BookingRequest { patient_id: "PT-1204".into(), ..Default::default() };
//! assert_eq!(request.patient_id, "PT-1204");
//! assert_eq!(server::SERVICE_NAME, "otbooking.OtBookingService");
//! ```

pub mod contract;
pub mod fields;

/// The article's contract (package `otbooking`), unchanged.
pub mod otbooking {
    #![expect(
        missing_docs,
        unused_qualifications,
        reason = "generated; the .proto carries the words"
    )]
    tonic::include_proto!("otbooking");
}

/// Our own contract (package `ot.v1`): cases, schedule, hospital, sessions, reports, transfer, audit.
pub mod ot {
    /// The first version.
    pub mod v1 {
        #![expect(
            missing_docs,
            unused_qualifications,
            clippy::all,
            reason = "generated; the .proto files carry the words"
        )]
        tonic::include_proto!("ot.v1");
    }
}

/// The compiled descriptors of every file of the contract, for gRPC reflection.
///
/// A serialised `google.protobuf.FileDescriptorSet` (descriptor.proto), with source comments.
pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));

#[cfg(test)]
mod tests;

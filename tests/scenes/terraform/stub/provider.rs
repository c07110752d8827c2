//! The provider's side of Terraform's protocol.

use std::sync::Arc;

use rmpv::Value;
use tonic::{Request, Response, Status};

use super::{
    invention::{When, asks_for_a_disabled_account, decide},
    order::Order,
    rules,
    schema::{Block, Schema},
    value::{decode, encode, field, set, text},
    wire::{
        self, AttributePath, Diagnostic, attribute_path, diagnostic, provider_server::Provider,
    },
};

pub(super) struct StubProvider {
    schema: Arc<Schema>,
    order: Order,
}

impl StubProvider {
    pub(super) fn new(schema: Arc<Schema>) -> Self {
        let order = Order::default();
        Self { schema, order }
    }

    fn block(&self, kind: &str) -> Result<&Block, Status> {
        let known = self.schema.resource_schemas.get(kind);
        known.ok_or_else(|| Status::not_found(format!("no resource type {kind}")))
    }
}

type Answer<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl Provider for StubProvider {
    async fn get_provider_schema(
        &self,
        _: Request<wire::get_provider_schema::Request>,
    ) -> Answer<wire::get_provider_schema::Response> {
        Ok(Response::new(self.schema.to_wire()))
    }

    async fn validate_provider_config(
        &self,
        _: Request<wire::validate_provider_config::Request>,
    ) -> Answer<wire::validate_provider_config::Response> {
        Ok(Response::new(Default::default()))
    }

    async fn validate_resource_config(
        &self,
        request: Request<wire::validate_resource_config::Request>,
    ) -> Answer<wire::validate_resource_config::Response> {
        let request = request.into_inner();
        let config = decode(request.config.as_ref())?;
        let broken = rules::broken(&self.schema, &request.type_name, &config);
        Ok(Response::new(wire::validate_resource_config::Response {
            diagnostics: broken.into_iter().map(error).collect(),
        }))
    }

    async fn validate_data_resource_config(
        &self,
        _: Request<wire::validate_data_resource_config::Request>,
    ) -> Answer<wire::validate_data_resource_config::Response> {
        Ok(Response::new(Default::default()))
    }

    /// What somebody else made: Google's default network, whose subnets have no way to its APIs, and others, which do.
    async fn read_data_source(
        &self,
        request: Request<wire::read_data_source::Request>,
    ) -> Answer<wire::read_data_source::Response> {
        let request = request.into_inner();
        let kind = &request.type_name;
        let block = self.schema.data_source_schemas.get(kind);
        let block = block.ok_or_else(|| Status::not_found(format!("no data source {kind}")))?;
        let mut state = decode(request.config.as_ref())?;
        decide(kind, block, &mut state, When::Applied);
        if kind == "google_compute_subnetwork" {
            let access = text(&state, "name") != Some("default");
            set(
                &mut state,
                "private_ip_google_access",
                Value::Boolean(access),
            );
            let part = |key| text(&state, key).unwrap_or_default();
            let id = format!(
                "projects/{}/regions/{}/subnetworks/{}",
                part("project"),
                part("region"),
                part("name")
            );
            set(&mut state, "id", Value::from(id));
        }
        Ok(Response::new(wire::read_data_source::Response {
            state: Some(encode(&state)),
            diagnostics: Vec::new(),
        }))
    }

    async fn upgrade_resource_state(
        &self,
        request: Request<wire::upgrade_resource_state::Request>,
    ) -> Answer<wire::upgrade_resource_state::Response> {
        let json = request.into_inner().raw_state.unwrap_or_default().json;
        Ok(Response::new(wire::upgrade_resource_state::Response {
            upgraded_state: Some(wire::DynamicValue {
                msgpack: Vec::new(),
                json,
            }),
            diagnostics: Vec::new(),
        }))
    }

    async fn configure_provider(
        &self,
        _: Request<wire::configure_provider::Request>,
    ) -> Answer<wire::configure_provider::Response> {
        Ok(Response::new(Default::default()))
    }

    /// The cloud is as the state says: nobody else changes it.
    async fn read_resource(
        &self,
        request: Request<wire::read_resource::Request>,
    ) -> Answer<wire::read_resource::Response> {
        let request = request.into_inner();
        Ok(Response::new(wire::read_resource::Response {
            new_state: request.current_state,
            diagnostics: Vec::new(),
            private: request.private,
        }))
    }

    async fn plan_resource_change(
        &self,
        request: Request<wire::plan_resource_change::Request>,
    ) -> Answer<wire::plan_resource_change::Response> {
        let request = request.into_inner();
        let kind = &request.type_name;
        let prior = decode(request.prior_state.as_ref())?;
        let mut planned = decode(request.proposed_new_state.as_ref())?;
        let mut requires_replace = Vec::new();
        if !planned.is_nil() && !prior.is_nil() {
            let changed = |argument: &&&str| field(&prior, argument) != field(&planned, argument);
            let replacing = rules::replacing(kind).iter().filter(changed);
            requires_replace.extend(replacing.map(|argument| path(argument)));
            let version = &self.schema.provider_version;
            let labels = |value| rules::boot_labels(kind, version, value).cloned();
            if labels(&prior) != labels(&planned) {
                requires_replace.push(path("boot_disk"));
            }
        }
        decide(kind, self.block(kind)?, &mut planned, When::Planned);
        Ok(Response::new(wire::plan_resource_change::Response {
            planned_state: Some(encode(&planned)),
            requires_replace,
            diagnostics: Vec::new(),
            // As the real provider: it fills in what it likes.
            legacy_type_system: true,
        }))
    }

    async fn apply_resource_change(
        &self,
        request: Request<wire::apply_resource_change::Request>,
    ) -> Answer<wire::apply_resource_change::Response> {
        let run = request.remote_addr();
        let request = request.into_inner();
        let kind = &request.type_name;
        let prior = decode(request.prior_state.as_ref())?;
        let mut new = decode(request.planned_state.as_ref())?;
        if let Some(why) = self.order.refusal(run, kind, &prior, &new).await {
            return Ok(Response::new(wire::apply_resource_change::Response {
                new_state: request.prior_state,
                diagnostics: vec![error(why)],
                legacy_type_system: true,
            }));
        }
        decide(kind, self.block(kind)?, &mut new, When::Applied);
        if prior.is_nil() && asks_for_a_disabled_account(kind, &new) {
            // Google creates every account enabled, whatever is asked for; the provider's documentation says so.
            set(&mut new, "disabled", Value::Boolean(false));
        }
        Ok(Response::new(wire::apply_resource_change::Response {
            new_state: Some(encode(&new)),
            diagnostics: Vec::new(),
            legacy_type_system: true,
        }))
    }

    async fn stop_provider(
        &self,
        _: Request<wire::stop_provider::Request>,
    ) -> Answer<wire::stop_provider::Response> {
        Ok(Response::new(Default::default()))
    }
}

fn error(summary: String) -> Diagnostic {
    Diagnostic {
        severity: diagnostic::Severity::Error.into(),
        summary,
        detail: String::new(),
        attribute: None,
    }
}

fn path(argument: &str) -> AttributePath {
    let selector = attribute_path::step::Selector::AttributeName(argument.to_owned());
    AttributePath {
        steps: vec![attribute_path::Step {
            selector: Some(selector),
        }],
    }
}

# The validations of the module with everything that a machine runs, as modules.tftest.hcl has those of the others. No provider takes part.

variables {
  web_port           = 8000
  role               = "client"
  environment        = "prod"
  project_id         = "grpc-alts-demo"
  handshaker         = "google"
  accounts           = { client = "c@example.org", server = "s@example.org" }
  titles             = { client = "front end" }
  client_machine     = "prod-booking-client-vm"
  server_machines    = "prod-booking-service"
  bucket             = "grpc-alts-demo-release"
  programs           = {}
  port               = 8080
  authority_port     = 18070
  max_connection_age = "10m"
  front_end_roles    = []
  seed               = "article"
  secrets            = {}
  endpoints          = { storage = "https://storage.googleapis.com", secretmanager = "https://secretmanager.googleapis.com" }
}

run "a_machine_has_a_role" {
  command = plan

  module {
    source = "./modules/software"
  }

  variables {
    role = "frontend"
  }

  expect_failures = [var.role]
}

run "a_handshaker_is_one_of_two" {
  command = plan

  module {
    source = "./modules/software"
  }

  variables {
    handshaker = "mock"
  }

  expect_failures = [var.handshaker]
}

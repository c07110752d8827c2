# Each validation of a variable, with a value that it refuses. The variables stand alone here, in a module that is a link to the root's
# file: a refusal needs no plan of everything behind it.

variables {
  project_id  = "grpc-alts-demo"
  release_dir = "tests/release"
}

run "an_alert_needs_an_address_to_write_to" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    alert_email = "oncall"
  }

  expect_failures = [var.alert_email]
}

run "an_alert_needs_the_suites_handshaker" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    alert_email = "oncall@example.org"
    handshaker  = "google"
  }

  expect_failures = [var.alert_email]
}

run "a_group_is_not_empty" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    backends          = 0
    database          = {}
    database_password = "sixteen-letters-"
  }

  expect_failures = [var.backends]
}

run "a_group_is_not_larger_than_it_may_be" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    backends          = 11
    database          = {}
    database_password = "sixteen-letters-"
  }

  expect_failures = [var.backends]
}

run "a_group_is_of_whole_machines" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    backends          = 1.5
    database          = {}
    database_password = "sixteen-letters-"
  }

  expect_failures = [var.backends]
}

run "a_group_needs_a_database" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    backends = 3
  }

  expect_failures = [var.backends]
}

run "a_bucket_has_a_buckets_name" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    bucket = "Releases"
  }

  expect_failures = [var.bucket]
}

run "a_dashboard_needs_the_suites_handshaker" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    dashboard  = true
    handshaker = "google"
  }

  expect_failures = [var.dashboard]
}

run "a_database_has_a_tier_of_cloud_sql" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    database          = { tier = "large" }
    database_password = "sixteen-letters-"
  }

  expect_failures = [var.database]
}

run "a_database_password_is_long" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    database          = {}
    database_password = "short"
  }

  expect_failures = [var.database_password]
}

run "a_database_needs_a_password" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    database          = {}
    database_password = null
  }

  expect_failures = [var.database_password]
}

run "only_client_and_server_are_disabled" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    disabled_accounts = ["authority"]
  }

  expect_failures = [var.disabled_accounts]
}

run "an_endpoint_is_an_address" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { storage = "storage.googleapis.com" }
  }

  expect_failures = [var.endpoints]
}

run "an_endpoint_has_no_slash_at_its_end" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    endpoints = { secretmanager = "https://secretmanager.googleapis.com/" }
  }

  expect_failures = [var.endpoints]
}

run "an_environment_is_short" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    environment = "production"
  }

  expect_failures = [var.environment]
}

run "an_environment_begins_with_a_letter" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    environment = "1st"
  }

  expect_failures = [var.environment]
}

run "a_network_is_written_in_full" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    existing_network = { network = "default", subnetwork = "projects/grpc-alts-demo/regions/us-central1/subnetworks/default" }
  }

  expect_failures = [var.existing_network]
}

run "a_role_is_one_of_the_backends" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    front_end_roles = ["coordinator", "owner"]
  }

  expect_failures = [var.front_end_roles]
}

run "a_subnet_is_written_in_full" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    existing_network = { network = "projects/grpc-alts-demo/global/networks/default", subnetwork = "default" }
  }

  expect_failures = [var.existing_network]
}

run "a_network_is_the_projects_own" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    existing_network = {
      network    = "projects/somebody-elses/global/networks/shared"
      subnetwork = "projects/somebody-elses/regions/us-central1/subnetworks/shared"
    }
  }

  expect_failures = [var.existing_network]
}

run "a_subnet_is_the_regions_own" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    existing_network = {
      network    = "projects/grpc-alts-demo/global/networks/default"
      subnetwork = "projects/grpc-alts-demo/regions/europe-west3/subnetworks/default"
    }
  }

  expect_failures = [var.existing_network]
}

run "there_are_two_handshakers" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    handshaker = "mock"
  }

  expect_failures = [var.handshaker]
}

run "a_label_is_lowercase" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    labels = { Team = "surgery" }
  }

  expect_failures = [var.labels]
}

run "a_labels_value_is_lowercase" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    labels = { team = "Surgery" }
  }

  expect_failures = [var.labels]
}

run "the_suites_own_labels_stay" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    labels = { environment = "test" }
  }

  expect_failures = [var.labels]
}

run "a_machine_type_is_compute_engines" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    machine_type = "small"
  }

  expect_failures = [var.machine_type]
}

run "a_connections_age_has_a_unit" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    max_connection_age = "10"
  }

  expect_failures = [var.max_connection_age]
}

run "the_backend_has_no_privileged_port" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    port = 443
  }

  expect_failures = [var.port]
}

run "the_handshakers_ports_are_taken" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    port = 18080
  }

  expect_failures = [var.port]
}

run "a_project_has_an_id" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    project_id = "My project"
  }

  expect_failures = [var.project_id]
}

run "a_region_is_googles" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    region = "us"
  }

  expect_failures = [var.region]
}

run "the_front_end_has_nothing_to_restore" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    restore_from = { client = "yesterday" }
  }

  expect_failures = [var.restore_from]
}

run "snapshots_are_kept_for_days" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    snapshot_days = 0
  }

  expect_failures = [var.snapshot_days]
}

run "a_new_database_is_filled_with_something_known" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    seed = "hospital"
  }

  expect_failures = [var.seed]
}

run "somebody_who_logs_in_is_a_user_a_group_or_an_account" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    ssh_members = ["allUsers"]
  }

  expect_failures = [var.ssh_members]
}

run "a_range_is_a_network" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    subnet_range = "10.128.0.1/20"
  }

  expect_failures = [var.subnet_range]
}

run "a_range_has_room" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    subnet_range = "10.128.0.0/28"
  }

  expect_failures = [var.subnet_range]
}

run "a_zone_is_the_regions" {
  command = plan

  module {
    source = "./tests/variables"
  }

  variables {
    zone = "europe-west3-a"
  }

  expect_failures = [var.zone]
}

run "a_domain_is_a_name" {
  command = plan

  variables {
    people = { domain = "https://ot.example.org", roles = {} }
  }

  expect_failures = [var.people]
}

run "a_domain_has_a_dot" {
  command = plan

  variables {
    people = { domain = "localhost", roles = {} }
  }

  expect_failures = [var.people]
}

run "a_person_is_known_by_an_e_mail_address" {
  command = plan

  variables {
    people = { domain = "ot.example.org", roles = { "group:ada@example.org " = ["viewer"] } }
  }

  expect_failures = [var.people]
}

run "a_persons_address_quotes_nothing" {
  command = plan

  variables {
    people = { domain = "ot.example.org", roles = { "a\"b@example.org" = ["viewer"] } }
  }

  expect_failures = [var.people]
}

run "a_persons_role_is_one_of_the_backends" {
  command = plan

  variables {
    people = { domain = "ot.example.org", roles = { "ada@example.org" = ["owner"] } }
  }

  expect_failures = [var.people]
}

run "nobody_lets_in_everybody" {
  command = plan

  variables {
    people = { domain = "ot.example.org", roles = {}, members = ["allAuthenticatedUsers"] }
  }

  expect_failures = [var.people]
}

run "who_is_let_in_is_a_person_a_group_or_a_domain" {
  command = plan

  variables {
    people = { domain = "ot.example.org", roles = {}, members = ["ada@example.org"] }
  }

  expect_failures = [var.people]
}

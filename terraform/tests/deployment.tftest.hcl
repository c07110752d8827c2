# What a plan looks like, as somebody reads it who is about to apply it. Nothing is asked of Google.

mock_provider "google" {
  # Shapes that the real provider's own checks accept.
  mock_resource "google_service_account" {
    override_during = plan
    defaults = {
      email = "account@grpc-alts-demo.iam.gserviceaccount.com"
      name  = "projects/grpc-alts-demo/serviceAccounts/account@grpc-alts-demo.iam.gserviceaccount.com"
    }
  }
}

mock_provider "google" {
  alias = "with_numbers"

  mock_data "google_project" {
    defaults = { number = "123456789012" }
  }

  mock_resource "google_compute_backend_service" {
    defaults = { generated_id = 4567890123456789012 }
  }
}

variables {
  project_id  = "grpc-alts-demo"
  release_dir = "tests/release"
}

run "the_project_alone_gives_the_articles_deployment" {
  command = plan

  assert {
    condition     = output.backend == "10.128.0.2:8080"
    error_message = "The article's server is 10.128.0.2:8080."
  }

  assert {
    condition     = startswith(output.ssh["client"], "gcloud compute ssh prod-booking-client-vm --project=grpc-alts-demo --zone=us-central1-a ")
    error_message = "The article's client machine is prod-booking-client-vm."
  }

  assert {
    condition     = toset(keys(output.ssh)) == toset(["client", "server", "authority"])
    error_message = "In suite mode there are three machines."
  }

  assert {
    condition     = strcontains(output.article_call, "booking-client --handshaker-address 127.0.0.1:18080 --allow-untrusted-handshaker 10.128.0.2:8080 ")
    error_message = "In suite mode the client is told where the handshaker is, and that it is not Google's."
  }
}

run "what_must_outlive_a_machine_is_on_a_disk_of_its_own" {
  command = plan

  assert {
    condition     = { for role, software in module.software : role => software.state } == { client = null, server = "ot-booking", authority = "alts-authority" }
    error_message = "The authority's revocations and the backend's SQLite outlive their machines; the front end keeps nothing."
  }
}

run "with_a_database_the_backend_keeps_nothing" {
  command = plan

  variables {
    database          = {}
    database_password = "sixteen-letters-"
  }

  assert {
    condition     = module.software["server"].state == null
    error_message = "Everything is in the database."
  }
}

run "google_mode_has_neither_authority_nor_secrets" {
  command = plan

  variables {
    handshaker = "google"
  }

  assert {
    condition     = toset(keys(output.ssh)) == toset(["client", "server"])
    error_message = "The metadata server needs no authority."
  }

  assert {
    condition     = length(module.authority) == 0 && !contains(keys(google_project_service.this), "secretmanager")
    error_message = "The metadata server needs no secrets."
  }

  assert {
    condition     = strcontains(output.article_call, "'booking-client 10.128.0.2:8080 ")
    error_message = "On Google's handshaker the client is told nothing."
  }

  expect_failures = [check.the_article_is_no_longer_supported]
}

run "a_drill_says_so" {
  command = plan

  variables {
    disabled_accounts = ["client"]
  }

  expect_failures = [check.nobody_is_switched_off]
}

run "a_group_stands_behind_the_backends_address" {
  command = plan

  variables {
    backends          = 3
    database          = {}
    database_password = "sixteen-letters-"
  }

  assert {
    condition     = output.backend == "10.128.0.2:8080" && !contains(keys(output.ssh), "server")
    error_message = "Clients dial the same address, and no machine of the group has a name of its own."
  }

  assert {
    condition     = strcontains(output.drill[3].do, "list-instances prod-ot-booking-backends") && strcontains(output.drill[3].do, "sudo systemctl restart booking-server")
    error_message = "A group's programs are started again one after the other, and not its machines: those could fetch nothing while their account is disabled."
  }
}

run "another_environment_stands_beside_the_first" {
  command = plan

  variables {
    environment  = "test"
    subnet_range = "10.30.0.0/24"
    zone         = "us-central1-f"
  }

  assert {
    condition     = strcontains(output.ssh["client"], "test-booking-client-vm --project=grpc-alts-demo --zone=us-central1-f") && output.backend == "10.30.0.2:8080"
    error_message = "Names, zone and addresses follow the variables."
  }
}

run "a_region_without_a_zone_a_has_a_first_zone_all_the_same" {
  command = plan

  variables {
    region = "europe-west1"
  }

  assert {
    condition     = strcontains(output.ssh["client"], "--zone=europe-west1-b ")
    error_message = "europe-west1 begins with its zone b."
  }
}

run "arm_machines_fetch_their_own_programs" {
  command = plan

  variables {
    machine_type = "c4a-standard-1"
  }

  assert {
    condition     = alltrue([for program in values(module.release.programs) : program.sha256 != "unknown"])
    error_message = "The release has programs for arm64."
  }

  assert {
    condition     = local.disk_type == "hyperdisk-balanced"
    error_message = "Machines of the family c4a take no persistent disk."
  }
}

run "pages_have_no_address_unless_asked_for" {
  command = plan

  assert {
    condition     = length(module.people) == 0 && output.web == null
    error_message = "Nothing of it is there by default."
  }

  assert {
    condition     = strcontains(module.software["client"].files["/etc/systemd/system/booking-web.service"].content, " --listen 127.0.0.1:8000 ")
    error_message = "By default the pages are on loopback."
  }
}

run "people_come_through_identity_aware_proxy" {
  command = apply

  providers = {
    google = google.with_numbers
  }

  variables {
    people = { domain = "ot.example.org", roles = { "ada@example.org" = ["coordinator"] } }
  }

  assert {
    condition     = strcontains(module.software["client"].files["/etc/systemd/system/booking-web.service"].content, " --listen 0.0.0.0:8000 --public-host ot.example.org --iap-audience /projects/123456789012/global/backendServices/4567890123456789012 ")
    error_message = "The front end believes the proxy for this one backend service, by its number to the last digit."
  }

  assert {
    condition     = output.web.url == "https://ot.example.org/" && output.web.a_record != null
    error_message = "It is said where the pages are, and what the name's record has to be."
  }
}

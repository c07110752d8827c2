# What a machine runs, as one startup script: programs, units, settings. No provider, so that every line of it can be rendered and
# tested by itself.

locals {
  suite     = var.handshaker == "suite"
  authority = var.role == "authority"
  member    = local.suite && !local.authority
  database  = var.role == "server" && var.secrets.database != null

  wanted = {
    client    = concat(["booking-client", "booking-web"], local.suite ? ["alts-handshaker"] : [])
    server    = concat(["booking-server"], local.suite ? ["alts-handshaker"] : [])
    authority = ["alts-handshaker"]
  }[var.role]

  # The unit whose state outlives the machine; on Cloud SQL the backend has none.
  state = {
    client    = null
    server    = local.database ? null : "ot-booking"
    authority = "alts-authority"
  }[var.role]

  units = {
    client    = concat(local.suite ? ["alts-handshaker.service"] : [], ["booking-web.service"])
    server    = concat(local.suite ? ["alts-handshaker.service"] : [], ["booking-server.service"])
    authority = ["alts-authority.service"]
  }[var.role]

  hardening = trimspace(file("${path.module}/templates/hardening.tftpl"))

  rendered = {
    "alts-handshaker.service" = templatefile("${path.module}/templates/alts-handshaker.service.tftpl", {
      hardening = local.hardening
    })
    "alts-authority.service" = templatefile("${path.module}/templates/alts-authority.service.tftpl", {
      hardening = local.hardening
    })
    "booking-server.service" = templatefile("${path.module}/templates/booking-server.service.tftpl", {
      hardening          = local.hardening
      database           = local.database
      port               = var.port
      max_connection_age = var.max_connection_age
      client_account     = var.accounts["client"]
      seed               = var.seed
    })
    "booking-web.service" = templatefile("${path.module}/templates/booking-web.service.tftpl", {
      hardening      = local.hardening
      backend        = coalesce(var.backend, "127.0.0.1:${var.port}")
      server_account = var.accounts["server"]
      port           = var.web_port
      domain         = try(var.people.domain, null)
      audience       = var.audience
    })
  }

  unit_files = { for unit in local.units : "/etc/systemd/system/${unit}" => { mode = "0644", content = local.rendered[unit] } }

  # Which handshaker the applications of this machine use. Nothing: the metadata server's, as gRPC's own libraries do.
  handshaker_file = local.authority ? {} : {
    "/etc/ot-booking/handshaker.env" = {
      mode = "0644"
      content = local.suite ? join("\n", [
        "ALTS_HANDSHAKER_ADDRESS=127.0.0.1:18080",
        "# It is not Google's, and whoever runs this machine chose it.",
        "ALTS_ALLOW_UNTRUSTED_HANDSHAKER=true",
        "",
      ]) : "# The metadata server's handshaker.\n"
    }
  }

  trust_files = local.suite || local.database ? {
    "/usr/local/libexec/ot-booking/trust" = { mode = "0755", content = file("${path.module}/files/trust.sh") }
    "/etc/ot-booking/trust.env" = {
      mode = "0644"
      content = join("\n", concat(
        [
          "PROJECT=${var.project_id}",
          "SECRETS=${var.endpoints.secretmanager}",
        ],
        local.suite ? ["ROOTS_SECRET=${var.secrets.roots}"] : [],
        local.authority ? ["KEY_SECRET=${var.secrets.key}", "ADMIN=unix:/run/alts-authority/admin.sock"] : [],
        local.database ? ["DATABASE_SECRET=${var.secrets.database}"] : [],
        [""],
      ))
    }
  } : {}

  member_files = local.member ? {
    "/etc/alts-handshaker/serve.toml" = {
      mode    = "0644"
      content = templatefile("${path.module}/templates/serve.toml.tftpl", { authority = var.authority })
    }
    "/etc/alts-handshaker/policy.toml" = {
      mode = "0644"
      content = templatefile("${path.module}/templates/policy.toml.tftpl", {
        environment     = var.environment
        client_machine  = var.client_machine
        client_account  = var.accounts["client"]
        server_machines = var.server_machines
        server_account  = var.accounts["server"]
      })
    }
  } : {}

  authority_files = local.authority ? {
    "/etc/alts-authority/authority.toml" = {
      mode = "0644"
      content = templatefile("${path.module}/templates/authority.toml.tftpl", {
        port       = var.authority_port
        project_id = var.project_id
        token_keys = var.endpoints.token_keys
        accounts   = { for role in ["client", "server"] : role => var.accounts[role] }
        titles     = var.titles
      })
    }
  } : {}

  access_files = var.role == "server" ? {
    "/etc/ot-booking/access.toml" = {
      mode = "0644"
      content = templatefile("${path.module}/templates/access.toml.tftpl", {
        client_account = var.accounts["client"]
        # A file that names an account says all that it may: the article's question has a role too.
        roles = concat(["legacy"], sort(var.front_end_roles))
        # Who signs in may what both the account and they themselves may.
        people = { for person, roles in try(var.people.roles, {}) : person => sort(roles) }
      })
    }
  } : {}

  files = merge(local.unit_files, local.handshaker_file, local.trust_files, local.member_files, local.authority_files, local.access_files)

  startup_script = templatefile("${path.module}/templates/startup.sh.tftpl", {
    title    = var.titles[var.role]
    storage  = var.endpoints.storage
    bucket   = var.bucket
    programs = { for name in local.wanted : name => var.programs[name] }
    state    = local.state
    files    = local.files
    units    = local.units
  })
}

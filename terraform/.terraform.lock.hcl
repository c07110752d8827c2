# The release of the provider that `terraform init` takes: the newest of those that everything here is tried with. It was written where no
# provider can be had, so it has no checksums yet: the first `terraform init` with a way to the internet adds them, and a reviewer keeps them.

provider "registry.terraform.io/hashicorp/google" {
  version     = "8.7.0"
  constraints = ">= 6.50.0, < 9.0.0"
}

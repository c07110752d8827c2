// A gRPC program as its documentation would have it: stock gRPC C++, ALTS credentials, nothing else.
//
//   plain                                both ends in this process, as in a test
//   plain serve ADDRESS                  answers every call with what it learned of the caller
//   plain call ADDRESS SERVER_ACCOUNT    makes one call and prints the answer

#include <chrono>
#include <future>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/security/alts_context.h>
#include <grpcpp/security/alts_util.h>

namespace {

using grpc::ByteBuffer;
using grpc::Status;

ByteBuffer Bytes(const std::string& text) {
  grpc::Slice slice(text);
  return ByteBuffer(&slice, 1);
}

std::string Text(const ByteBuffer& bytes) {
  grpc::Slice slice;
  if (!bytes.DumpToSingleSlice(&slice).ok()) return "";
  return std::string(reinterpret_cast<const char*>(slice.begin()), slice.size());
}

// One method, without generated code: whatever is asked, the answer is who asked.
class WhoAmI final : public grpc::CallbackGenericService {
  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext* context) override {
    return new Call(context);
  }

  class Call final : public grpc::ServerGenericBidiReactor {
   public:
    explicit Call(grpc::GenericCallbackServerContext* context) : context_(context) { StartRead(&request_); }

    void OnReadDone(bool) override {
      auto facts = grpc::experimental::GetAltsContextFromAuthContext(context_->auth_context());
      if (facts == nullptr) return Finish(Status(grpc::StatusCode::UNAUTHENTICATED, "this is no ALTS"));
      bool is_private = facts->security_level() == GRPC_PRIVACY_AND_INTEGRITY;
      answer_ = Bytes(facts->peer_service_account() + (is_private ? " privacy and integrity" : ""));
      StartWriteAndFinish(&answer_, grpc::WriteOptions(), Status::OK);
    }

    void OnDone() override { delete this; }

   private:
    grpc::GenericCallbackServerContext* context_;
    ByteBuffer request_, answer_;
  };
};

std::unique_ptr<grpc::Server> Serve(const std::string& address, WhoAmI* service, int* port) {
  grpc::ServerBuilder builder;
  auto credentials = grpc::experimental::AltsServerCredentials(grpc::experimental::AltsServerCredentialsOptions());
  builder.AddListeningPort(address, credentials, port);
  builder.RegisterCallbackGenericService(service);
  return builder.BuildAndStart();
}

// Without an account, anybody may answer.
int Call(const std::string& address, const std::vector<std::string>& accounts) {
  grpc::experimental::AltsCredentialsOptions options;
  options.target_service_accounts = accounts;
  grpc::GenericStub stub(grpc::CreateChannel(address, grpc::experimental::AltsCredentials(options)));
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
  ByteBuffer request = Bytes(""), answer;
  std::promise<Status> done;
  stub.UnaryCall(&context, "/plain.Plain/WhoAmI", grpc::StubOptions(), &request, &answer,
                 [&done](Status status) { done.set_value(status); });
  Status status = done.get_future().get();
  if (status.ok()) {
    std::cout << Text(answer) << std::endl;
  } else {
    std::cerr << status.error_code() << " " << status.error_message() << std::endl;
  }
  return status.ok() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> args(argv + 1, argv + argc);
  if (args.size() == 3 && args[0] == "call") return Call(args[1], {args[2]});
  bool both = args.size() != 2 || args[0] != "serve";
  WhoAmI service;
  int port = 0;
  auto server = Serve(both ? "127.0.0.1:0" : args[1], &service, &port);
  if (server == nullptr) {
    std::cerr << "cannot serve; is this a machine that gRPC takes for a Google Cloud one?" << std::endl;
    return 1;
  }
  if (both) return Call("127.0.0.1:" + std::to_string(port), {});
  std::cerr << "plain server ready at port " << port << std::endl;
  server->Wait();
}

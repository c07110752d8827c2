// A stranger to this suite: stock gRPC C++ with its own ALTS, on either end of a connection.
//
// Nothing here knows that the handshaker is not Google's. It is run inside machines that mock-gce
// makes; there, gRPC finds its handshaker by itself. The verbs are those of stranger.py, which
// explains them.

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <grpcpp/grpcpp.h>
#include <grpcpp/security/alts_context.h>
#include <grpcpp/security/alts_util.h>

#include "echo.grpc.pb.h"
#include "ot_booking.grpc.pb.h"

namespace {

using Accounts = std::vector<std::string>;
using Fields = std::vector<std::pair<std::string, std::string>>;
using grpc::ServerContext;
using grpc::Status;
using tests::Payload;

constexpr int kMib = 1 << 20;
constexpr char kPeerKey[] = "x-alts-peer";

[[noreturn]] void Die(const std::string& reason) {
  std::cerr << reason << std::endl;
  std::exit(1);
}

// The channel and server option that declares a frame size, from the environment: `0` is unset.
int DeclaredFrameSize() {
  const char* size = std::getenv("STRANGER_MAX_FRAME_SIZE");
  return size == nullptr ? 0 : std::atoi(size);
}

std::shared_ptr<grpc::Channel> Dial(const std::string& address, const Accounts& accounts) {
  grpc::experimental::AltsCredentialsOptions options;
  options.target_service_accounts = accounts;
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(-1);
  arguments.SetMaxSendMessageSize(-1);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  if (int size = DeclaredFrameSize()) arguments.SetInt("grpc.tsi.max_frame_size", size);
  return grpc::CreateCustomChannel(address, grpc::experimental::AltsCredentials(options), arguments);
}

void Within(grpc::ClientContext& context, int seconds) {
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(seconds));
}

std::string Quoted(const std::string& text) {
  std::string quoted = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
  }
  return quoted + '"';
}

std::string Json(const Fields& fields) {
  std::string text;
  for (const auto& [name, value] : fields) {
    text += (text.empty() ? "{" : ", ") + Quoted(name) + ": " + value;
  }
  return text + "}";
}

std::string CodeName(grpc::StatusCode code) {
  static const std::map<int, std::string> names = {
      {0, "OK"}, {1, "CANCELLED"}, {2, "UNKNOWN"}, {3, "INVALID_ARGUMENT"}, {4, "DEADLINE_EXCEEDED"},
      {7, "PERMISSION_DENIED"}, {8, "RESOURCE_EXHAUSTED"}, {12, "UNIMPLEMENTED"}, {13, "INTERNAL"},
      {14, "UNAVAILABLE"}, {16, "UNAUTHENTICATED"}};
  auto name = names.find(code);
  return name == names.end() ? std::to_string(code) : name->second;
}

// Prints what came of a call as one line of JSON.
void Report(const Status& status, Fields fields = {}) {
  if (!status.ok()) fields = {{"details", Quoted(status.error_message())}};
  fields.insert(fields.begin(), {"code", Quoted(CodeName(status.error_code()))});
  std::cout << Json(fields) << std::endl;
}

void Booking(const std::string& address, const Accounts& accounts) {
  auto stub = otbooking::OtBookingService::NewStub(Dial(address, accounts));
  grpc::ClientContext context;
  Within(context, 30);
  otbooking::BookingRequest request;
  request.set_patientid("PT-1204");
  request.set_doctorid("DC-3904");
  otbooking::BookingResponse answer;
  Status status = stub->getBookingInfo(&context, request, &answer);
  Report(status, {{"bookingDate", Quoted(answer.bookingdate())}, {"condition", Quoted(answer.condition())}});
}

std::string Pattern(int size) {
  std::string data(size, 0);
  for (int n = 0; n < size; n++) data[n] = static_cast<char>(n);
  return data;
}

void Echo(const std::string& address, const Accounts& accounts) {
  auto stub = tests::Echo::NewStub(Dial(address, accounts));
  std::string peer;
  for (int size : {1, kMib, 32 * kMib}) {
    grpc::ClientContext context;
    Within(context, 120);
    Payload sent, answer;
    sent.set_data(Pattern(size));
    Status status = stub->Unary(&context, sent, &answer);
    if (!status.ok()) return Report(status);
    if (answer.data() != sent.data()) Die(std::to_string(size) + " bytes came back altered");
    auto found = context.GetServerInitialMetadata().find(kPeerKey);
    if (found != context.GetServerInitialMetadata().end()) peer.assign(found->second.data(), found->second.size());
  }
  grpc::ClientContext context;
  Within(context, 120);
  auto stream = stub->Chat(&context);
  constexpr int kMessages = 2000;
  std::thread writer([&stream] {
    Payload sent;
    for (int n = 0; n < kMessages; n++) {
      sent.set_data(std::string(1000, static_cast<char>(n)));
      if (!stream->Write(sent)) return;  // Finish tells why
    }
    stream->WritesDone();
  });
  Payload answer;
  int got = 0;
  for (; stream->Read(&answer); got++) {
    if (answer.data() != std::string(1000, static_cast<char>(got))) Die("the stream came back altered");
  }
  writer.join();
  Status status = stream->Finish();
  if (status.ok() && got != kMessages) Die("the stream came back shorter");
  Report(status, {{"peer", Quoted(peer)}});
}

void Crowd(const std::string& address, int count, const Accounts& accounts) {
  std::vector<Status> outcomes(count);
  std::vector<std::thread> callers;
  for (int n = 0; n < count; n++) {
    callers.emplace_back([&, n] {
      auto stub = tests::Echo::NewStub(Dial(address, accounts));
      grpc::ClientContext context;
      Within(context, 60);
      Payload sent, answer;
      sent.set_data("x");
      outcomes[n] = stub->Unary(&context, sent, &answer);
    });
  }
  for (auto& caller : callers) caller.join();
  for (const Status& outcome : outcomes) {
    if (!outcome.ok()) return Report(outcome);
  }
  Report(Status::OK, {{"answered", std::to_string(count)}});
}

void PingPong(const std::string& address, int count, const Accounts& accounts) {
  auto stub = tests::Echo::NewStub(Dial(address, accounts));
  grpc::ClientContext context;
  Within(context, 120);
  auto stream = stub->Chat(&context);
  Payload sent, answer;
  int answered = 0;
  for (; answered < count; answered++) {
    sent.set_data(std::to_string(answered));
    if (!stream->Write(sent) || !stream->Read(&answer)) break;
    if (answer.data() != sent.data()) Die("message " + sent.data() + " came back altered");
  }
  stream->WritesDone();
  Report(stream->Finish(), {{"answered", std::to_string(answered)}});
}

void Talk(const std::string& address, const Accounts& accounts) {
  auto lasting = Dial(address, accounts);
  for (std::string line; std::getline(std::cin, line);) {
    bool anew = line == "anew" || line == "briefly";
    auto stub = tests::Echo::NewStub(anew ? Dial(address, accounts) : lasting);
    grpc::ClientContext context;
    Within(context, line == "briefly" ? 2 : 30);
    context.set_wait_for_ready(line == "patiently");
    Payload sent, answer;
    sent.set_data(line);
    Report(stub->Unary(&context, sent, &answer));
  }
}

// Tells the caller who we saw, or refuses it.
Status Greet(ServerContext* context, const Accounts& allowed, std::string* peer) {
  auto proven = grpc::experimental::GetAltsContextFromAuthContext(context->auth_context());
  if (proven == nullptr) return Status(grpc::StatusCode::INTERNAL, "no ALTS context");
  *peer = proven->peer_service_account();
  context->AddInitialMetadata(kPeerKey, *peer);
  if (allowed.empty()) return Status::OK;
  return grpc::experimental::AltsClientAuthzCheck(context->auth_context(), allowed);
}

class EchoService final : public tests::Echo::Service {
 public:
  explicit EchoService(const Accounts& allowed) : allowed_(allowed) {}

  Status Unary(ServerContext* context, const Payload* request, Payload* answer) override {
    std::string peer;
    *answer = *request;
    return Greet(context, allowed_, &peer);
  }

  Status Chat(ServerContext* context, grpc::ServerReaderWriter<Payload, Payload>* stream) override {
    std::string peer;
    Status status = Greet(context, allowed_, &peer);
    for (Payload request; status.ok() && stream->Read(&request);) stream->Write(request);
    return status;
  }

 private:
  const Accounts allowed_;
};

class BookingService final : public otbooking::OtBookingService::Service {
 public:
  explicit BookingService(const Accounts& allowed) : allowed_(allowed) {}

  Status getBookingInfo(ServerContext* context, const otbooking::BookingRequest*,
                        otbooking::BookingResponse* answer) override {
    answer->set_bookingdate("01-Jun-2024 11:30");
    return Greet(context, allowed_, answer->mutable_condition());
  }

 private:
  const Accounts allowed_;
};

void Serve(const std::string& port, const Accounts& allowed) {
  EchoService echo(allowed);
  BookingService booking(allowed);
  grpc::experimental::AltsServerCredentialsOptions options;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("0.0.0.0:" + port, grpc::experimental::AltsServerCredentials(options));
  builder.SetMaxReceiveMessageSize(-1);
  builder.SetMaxSendMessageSize(-1);
  if (int size = DeclaredFrameSize()) builder.AddChannelArgument("grpc.tsi.max_frame_size", size);
  builder.RegisterService(&echo);
  builder.RegisterService(&booking);
  auto server = builder.BuildAndStart();
  if (server == nullptr) Die("no server on port " + port);
  std::cout << Json({{"fields", Json({{"message", Quoted("stranger ready")}})}}) << std::endl;
  server->Wait();
}

}  // namespace

int main(int argc, char** argv) {
  Accounts rest(argv + std::min(argc, 3), argv + argc);
  std::string verb = argc < 3 ? "" : argv[1];
  bool counted = (verb == "crowd" || verb == "pingpong") && !rest.empty();
  int count = counted ? std::atoi(rest.front().c_str()) : 0;
  Accounts last(rest.begin() + (counted ? 1 : 0), rest.end());
  if (verb == "booking") {
    Booking(argv[2], rest);
  } else if (verb == "echo") {
    Echo(argv[2], rest);
  } else if (verb == "crowd" && counted) {
    Crowd(argv[2], count, last);
  } else if (verb == "pingpong" && counted) {
    PingPong(argv[2], count, last);
  } else if (verb == "talk") {
    Talk(argv[2], rest);
  } else if (verb == "serve") {
    Serve(argv[2], rest);
  } else {
    Die("booking | echo | crowd | pingpong | talk | serve; see stranger.py");
  }
}

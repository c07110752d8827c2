import static io.grpc.stub.ServerCalls.asyncBidiStreamingCall;
import static io.grpc.stub.ServerCalls.asyncUnaryCall;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.alts.AltsChannelCredentials;
import io.grpc.alts.AltsContextUtil;
import io.grpc.alts.AltsServerCredentials;
import io.grpc.alts.AuthorizationUtil;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import otbooking.OtBooking.BookingRequest;
import otbooking.OtBooking.BookingResponse;
import tests.EchoOuterClass.Payload;

/**
 * A stranger to this suite: stock grpc-java with its own ALTS, on either end of a connection.
 *
 * <p>Nothing here knows that the handshaker is not Google's. It is run inside machines that mock-gce
 * makes; there, grpc-java finds its handshaker by itself. The verbs are those of stranger.py, which
 * explains them.
 */
public final class Stranger {
  private static final int MIB = 1 << 20;
  private static final int UNLIMITED = 64 * MIB;
  private static final Metadata.Key<String> PEER =
      Metadata.Key.of("x-alts-peer", Metadata.ASCII_STRING_MARSHALLER);
  private static final Context.Key<String> PROVEN = Context.key("proven peer");

  private static final MethodDescriptor<BookingRequest, BookingResponse> BOOKING =
      method(
          MethodDescriptor.MethodType.UNARY,
          "otbooking.OtBookingService/getBookingInfo",
          BookingRequest.getDefaultInstance(),
          BookingResponse.getDefaultInstance());
  private static final MethodDescriptor<Payload, Payload> UNARY =
      method(
          MethodDescriptor.MethodType.UNARY,
          "tests.Echo/Unary",
          Payload.getDefaultInstance(),
          Payload.getDefaultInstance());
  private static final MethodDescriptor<Payload, Payload> CHAT =
      method(
          MethodDescriptor.MethodType.BIDI_STREAMING,
          "tests.Echo/Chat",
          Payload.getDefaultInstance(),
          Payload.getDefaultInstance());

  private Stranger() {}

  private static <Q extends Message, A extends Message> MethodDescriptor<Q, A> method(
      MethodDescriptor.MethodType type, String name, Q request, A answer) {
    return MethodDescriptor.<Q, A>newBuilder()
        .setType(type)
        .setFullMethodName(name)
        .setRequestMarshaller(ProtoUtils.marshaller(request))
        .setResponseMarshaller(ProtoUtils.marshaller(answer))
        .build();
  }

  private static ManagedChannel dial(String address, List<String> accounts) {
    AltsChannelCredentials.Builder credentials = AltsChannelCredentials.newBuilder();
    accounts.forEach(credentials::addTargetServiceAccount);
    return Grpc.newChannelBuilder(address, credentials.build())
        .maxInboundMessageSize(UNLIMITED)
        .build();
  }

  private static CallOptions within(int seconds) {
    return CallOptions.DEFAULT.withDeadlineAfter(seconds, TimeUnit.SECONDS);
  }

  private static Payload payload(byte[] data) {
    return Payload.newBuilder().setData(ByteString.copyFrom(data)).build();
  }

  private static String booking(String address, List<String> accounts) {
    BookingRequest request =
        BookingRequest.newBuilder().setPatientID("PT-1204").setDoctorID("DC-3904").build();
    BookingResponse answer =
        ClientCalls.blockingUnaryCall(dial(address, accounts), BOOKING, within(30), request);
    return json("bookingDate", answer.getBookingDate(), "condition", answer.getCondition());
  }

  private static String echo(String address, List<String> accounts) throws Exception {
    AtomicReference<Metadata> headers = new AtomicReference<>();
    ClientInterceptor capture =
        MetadataUtils.newCaptureMetadataInterceptor(headers, new AtomicReference<>());
    Channel channel = ClientInterceptors.intercept(dial(address, accounts), capture);
    for (int size : new int[] {1, MIB, 32 * MIB}) {
      byte[] data = new byte[size];
      for (int n = 0; n < size; n++) {
        data[n] = (byte) n;
      }
      Payload sent = payload(data);
      if (!ClientCalls.blockingUnaryCall(channel, UNARY, within(120), sent).equals(sent)) {
        throw new IllegalStateException(size + " bytes came back altered");
      }
    }
    String peer = headers.get().get(PEER);
    Conversation conversation = new Conversation(channel);
    int messages = 2000;
    for (int n = 0; n < messages; n++) {
      byte[] data = new byte[1000];
      Arrays.fill(data, (byte) n);
      conversation.requests.onNext(payload(data));
    }
    conversation.requests.onCompleted();
    for (int n = 0; n < messages; n++) {
      byte[] data = new byte[1000];
      Arrays.fill(data, (byte) n);
      if (!conversation.next().equals(payload(data))) {
        throw new IllegalStateException("the stream came back altered");
      }
    }
    if (conversation.next() != null) {
      throw new IllegalStateException("the stream did not end with its last message");
    }
    return json("peer", peer);
  }

  private static String crowd(String address, int count, List<String> accounts) throws Exception {
    ExecutorService pool = Executors.newCachedThreadPool();
    @SuppressWarnings("unchecked")
    Future<Payload>[] calls = new Future[count];
    for (int n = 0; n < count; n++) {
      calls[n] =
          pool.submit(
              () ->
                  ClientCalls.blockingUnaryCall(
                      dial(address, accounts), UNARY, within(60), payload(new byte[] {1})));
    }
    for (Future<Payload> call : calls) {
      try {
        call.get();
      } catch (ExecutionException error) {
        throw (Exception) error.getCause();
      }
    }
    return "\"answered\": " + count;
  }

  private static String pingpong(String address, int count, List<String> accounts)
      throws Exception {
    Conversation conversation = new Conversation(dial(address, accounts));
    for (int n = 0; n < count; n++) {
      Payload sent = payload(Integer.toString(n).getBytes());
      conversation.requests.onNext(sent);
      if (!sent.equals(conversation.next())) {
        throw new IllegalStateException("message " + n + " came back altered");
      }
    }
    return "\"answered\": " + count;
  }

  private static void talk(String address, List<String> accounts) throws Exception {
    ManagedChannel lasting = dial(address, accounts);
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      boolean anew = line.equals("anew") || line.equals("briefly");
      CallOptions timed = within(line.equals("briefly") ? 2 : 30);
      CallOptions options = line.equals("patiently") ? timed.withWaitForReady() : timed;
      ManagedChannel channel = anew ? dial(address, accounts) : lasting;
      Payload sent = payload(line.getBytes());
      report(
          () -> {
            ClientCalls.blockingUnaryCall(channel, UNARY, options, sent);
            return "";
          });
      if (anew) {
        channel.shutdownNow();
      }
    }
  }

  /** A bidirectional stream whose answers are taken one by one. */
  private static final class Conversation implements StreamObserver<Payload> {
    private static final Object END = new Object();
    private final BlockingQueue<Object> answers = new ArrayBlockingQueue<>(4096);
    final StreamObserver<Payload> requests;

    Conversation(Channel channel) {
      requests = ClientCalls.asyncBidiStreamingCall(channel.newCall(CHAT, within(120)), this);
    }

    /** The next answer; null after the last. */
    Payload next() throws Exception {
      Object answer = answers.take();
      if (answer instanceof Throwable) {
        throw (Exception) answer;
      }
      return answer == END ? null : (Payload) answer;
    }

    @Override
    public void onNext(Payload answer) {
      answers.add(answer);
    }

    @Override
    public void onError(Throwable error) {
      answers.add(error);
    }

    @Override
    public void onCompleted() {
      answers.add(END);
    }
  }

  /** Tells the caller who we saw, or refuses it. */
  private static ServerInterceptor greeter(List<String> allowed) {
    return new ServerInterceptor() {
      @Override
      public <Q, A> ServerCall.Listener<Q> interceptCall(
          ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        Status verdict =
            allowed.isEmpty()
                ? Status.OK
                : AuthorizationUtil.clientAuthorizationCheck(call, allowed);
        if (!verdict.isOk()) {
          call.close(verdict, new Metadata());
          return new ServerCall.Listener<Q>() {};
        }
        String peer = AltsContextUtil.createFrom(call).getPeerServiceAccount();
        ServerCall<Q, A> greeting =
            new ForwardingServerCall.SimpleForwardingServerCall<Q, A>(call) {
              @Override
              public void sendHeaders(Metadata answer) {
                answer.put(PEER, peer);
                super.sendHeaders(answer);
              }
            };
        Context context = Context.current().withValue(PROVEN, peer);
        return Contexts.interceptCall(context, greeting, headers, next);
      }
    };
  }

  private static void getBookingInfo(BookingRequest request, StreamObserver<BookingResponse> out) {
    out.onNext(
        BookingResponse.newBuilder()
            .setBookingDate("01-Jun-2024 11:30")
            .setCondition(PROVEN.get())
            .build());
    out.onCompleted();
  }

  private static void unary(Payload request, StreamObserver<Payload> out) {
    out.onNext(request);
    out.onCompleted();
  }

  private static StreamObserver<Payload> chat(StreamObserver<Payload> out) {
    return new StreamObserver<Payload>() {
      @Override
      public void onNext(Payload request) {
        out.onNext(request);
      }

      @Override
      public void onError(Throwable error) {}

      @Override
      public void onCompleted() {
        out.onCompleted();
      }
    };
  }

  private static void serve(int port, List<String> allowed) throws Exception {
    ServerServiceDefinition echo =
        ServerServiceDefinition.builder("tests.Echo")
            .addMethod(UNARY, asyncUnaryCall(Stranger::unary))
            .addMethod(CHAT, asyncBidiStreamingCall(Stranger::chat))
            .build();
    ServerServiceDefinition booking =
        ServerServiceDefinition.builder("otbooking.OtBookingService")
            .addMethod(BOOKING, asyncUnaryCall(Stranger::getBookingInfo))
            .build();
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress(port), AltsServerCredentials.create())
            .maxInboundMessageSize(UNLIMITED)
            .addService(ServerInterceptors.intercept(echo, greeter(allowed)))
            .addService(ServerInterceptors.intercept(booking, greeter(allowed)))
            .build()
            .start();
    System.out.println("{\"fields\": {" + json("message", "stranger ready") + "}}");
    server.awaitTermination();
  }

  private interface Verb {
    String run() throws Exception;
  }

  /** Runs a call and prints what came of it as one line of JSON. */
  private static void report(Verb verb) throws Exception {
    String line;
    try {
      String fields = verb.run();
      line = json("code", "OK") + (fields.isEmpty() ? "" : ", " + fields);
    } catch (StatusRuntimeException error) {
      // grpc-java keeps the reason of a failed handshake in the causes.
      StringBuilder details = new StringBuilder(String.valueOf(error.getStatus().getDescription()));
      for (Throwable t = error.getStatus().getCause(); t != null; t = t.getCause()) {
        details.append(": ").append(t.getMessage());
      }
      String code = error.getStatus().getCode().name();
      line = json("code", code, "details", details.toString());
    }
    System.out.println("{" + line + "}");
  }

  private static String json(String... pairs) {
    StringBuilder text = new StringBuilder();
    for (int n = 0; n < pairs.length; n++) {
      String value = String.valueOf(pairs[n]).replace("\\", "\\\\").replace("\"", "\\\"");
      text.append(n == 0 ? "" : n % 2 == 0 ? ", " : ": ");
      text.append('"').append(value.replaceAll("\\p{Cntrl}", " ")).append('"');
    }
    return text.toString();
  }

  /** Ends the process by itself: grpc-java's threads would linger for idle channels. */
  public static void main(String[] args) throws Exception {
    List<String> all = Arrays.asList(args);
    List<String> rest = all.subList(Math.min(2, args.length), args.length);
    List<String> last = all.subList(Math.min(3, args.length), args.length);
    switch (args.length < 2 ? "" : args[0]) {
      case "booking":
        report(() -> booking(args[1], rest));
        break;
      case "echo":
        report(() -> echo(args[1], rest));
        break;
      case "crowd":
        report(() -> crowd(args[1], Integer.parseInt(args[2]), last));
        break;
      case "pingpong":
        report(() -> pingpong(args[1], Integer.parseInt(args[2]), last));
        break;
      case "talk":
        talk(args[1], rest);
        break;
      case "serve":
        serve(Integer.parseInt(args[1]), rest);
        break;
      default:
        System.err.println("booking | echo | crowd | pingpong | talk | serve; see stranger.py");
        System.exit(1);
    }
    System.exit(0);
  }
}

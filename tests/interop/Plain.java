import com.google.protobuf.Empty;
import com.google.protobuf.StringValue;
import io.grpc.CallOptions;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.alts.AltsChannelCredentials;
import io.grpc.alts.AltsContext;
import io.grpc.alts.AltsContextUtil;
import io.grpc.alts.AltsServerCredentials;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * A gRPC program as its documentation would have it: stock grpc-java, ALTS credentials, nothing else.
 *
 * <pre>
 *   Plain                                both ends in this process, as in a test
 *   Plain serve PORT                     answers every call with what it learned of the caller
 *   Plain call ADDRESS SERVER_ACCOUNT    makes one call and prints the answer
 * </pre>
 */
public final class Plain {
  /** One method, without generated code: it takes nothing and answers with a text. */
  private static final MethodDescriptor<Empty, StringValue> WHO_AM_I =
      MethodDescriptor.<Empty, StringValue>newBuilder()
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName("plain.Plain/WhoAmI")
          .setRequestMarshaller(ProtoUtils.marshaller(Empty.getDefaultInstance()))
          .setResponseMarshaller(ProtoUtils.marshaller(StringValue.getDefaultInstance()))
          .build();

  private static Server serve(int port) throws IOException {
    ServerCallHandler<Empty, StringValue> handler =
        (call, headers) -> answering(call).startCall(call, headers);
    return Grpc.newServerBuilderForPort(port, AltsServerCredentials.create())
        .addService(
            ServerServiceDefinition.builder("plain.Plain").addMethod(WHO_AM_I, handler).build())
        .build()
        .start();
  }

  private static ServerCallHandler<Empty, StringValue> answering(ServerCall<?, ?> caller) {
    AltsContext facts = AltsContextUtil.createFrom(caller);
    String text = facts.getPeerServiceAccount() + " " + facts.getSecurityLevel();
    return ServerCalls.asyncUnaryCall(
        (request, answers) -> {
          answers.onNext(StringValue.of(text));
          answers.onCompleted();
        });
  }

  /** Without an account, anybody may answer. */
  private static void call(String address, String... accounts) {
    AltsChannelCredentials.Builder credentials = AltsChannelCredentials.newBuilder();
    for (String account : accounts) {
      credentials.addTargetServiceAccount(account);
    }
    ManagedChannel channel = Grpc.newChannelBuilder(address, credentials.build()).build();
    CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(30, TimeUnit.SECONDS);
    StringValue answer =
        ClientCalls.blockingUnaryCall(channel, WHO_AM_I, options, Empty.getDefaultInstance());
    System.out.println(answer.getValue());
    channel.shutdownNow();
  }

  public static void main(String[] args) throws Exception {
    if (args.length == 2 && args[0].equals("serve")) {
      Server server = serve(Integer.parseInt(args[1]));
      System.err.println("plain server ready at port " + server.getPort());
      server.awaitTermination();
    } else if (args.length == 3 && args[0].equals("call")) {
      call(args[1], args[2]);
    } else {
      Server server = serve(0);
      call("127.0.0.1:" + server.getPort());
      server.shutdownNow();
    }
  }
}

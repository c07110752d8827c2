// A gRPC program as its documentation would have it: stock grpc-go, ALTS credentials, nothing else.
//
//	plain                                both ends in this process, as in a test
//	plain serve ADDRESS                  answers every call with what it learned of the caller
//	plain call ADDRESS SERVER_ACCOUNT    makes one call and prints the answer
package main

import (
	"context"
	"fmt"
	"log"
	"net"
	"os"
	"time"

	"github.com/golang/protobuf/ptypes/empty"
	"github.com/golang/protobuf/ptypes/wrappers"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/alts"
)

// One method, without generated code: /plain.Plain/WhoAmI takes nothing and answers with a text.
var plain = grpc.ServiceDesc{
	ServiceName: "plain.Plain",
	HandlerType: (*interface{})(nil),
	Methods:     []grpc.MethodDesc{{MethodName: "WhoAmI", Handler: whoAmI}},
}

func whoAmI(_ interface{}, ctx context.Context, decode func(interface{}) error, _ grpc.UnaryServerInterceptor) (interface{}, error) {
	if err := decode(new(empty.Empty)); err != nil {
		return nil, err
	}
	facts, err := alts.AuthInfoFromContext(ctx)
	if err != nil {
		return nil, err
	}
	text := fmt.Sprintf("%s %s", facts.PeerServiceAccount(), facts.SecurityLevel())
	return &wrappers.StringValue{Value: text}, nil
}

func serve(listener net.Listener) error {
	server := grpc.NewServer(grpc.Creds(alts.NewServerCreds(alts.DefaultServerOptions())))
	server.RegisterService(&plain, nil)
	log.Print("plain server ready at ", listener.Addr())
	return server.Serve(listener)
}

// An account of "" is anybody.
func call(address, account string) error {
	options := alts.DefaultClientOptions()
	if account != "" {
		options.TargetServiceAccounts = []string{account}
	}
	channel, err := grpc.Dial(address, grpc.WithTransportCredentials(alts.NewClientCreds(options)))
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	answer := new(wrappers.StringValue)
	if err := channel.Invoke(ctx, "/plain.Plain/WhoAmI", new(empty.Empty), answer); err != nil {
		return err
	}
	fmt.Println(answer.Value)
	return nil
}

func listen(address string) net.Listener {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		log.Fatal(err)
	}
	return listener
}

func main() {
	var err error
	switch args := os.Args[1:]; {
	case len(args) == 2 && args[0] == "serve":
		err = serve(listen(args[1]))
	case len(args) == 3 && args[0] == "call":
		err = call(args[1], args[2])
	default:
		listener := listen("127.0.0.1:0")
		go serve(listener)
		err = call(listener.Addr().String(), "")
	}
	if err != nil {
		log.Fatal(err)
	}
}

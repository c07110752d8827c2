// A stranger to this suite: stock grpc-go with its own ALTS, on either end of a connection.
//
// Nothing here knows that the handshaker is not Google's. It is run inside machines that mock-gce
// makes; there, grpc-go finds its handshaker by itself. The verbs are those of stranger.py, which
// explains them.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"regexp"
	"strconv"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/alts"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"otbooking"
	"tests"
)

const (
	mib       = 1 << 20
	unlimited = 64 * mib
	verbs     = "booking | echo | crowd | pingpong | talk | serve; see stranger.py"
)

// A result is the line of JSON that a verb prints; see stranger.py.
type result map[string]interface{}

func dial(address string, accounts []string) *grpc.ClientConn {
	options := alts.DefaultClientOptions()
	options.TargetServiceAccounts = accounts
	connection, err := grpc.Dial(address,
		grpc.WithTransportCredentials(alts.NewClientCreds(options)),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(unlimited), grpc.MaxCallSendMsgSize(unlimited)))
	exitOn(err)
	return connection
}

func within(seconds int) context.Context {
	// The process ends with its verb, so nobody has to cancel.
	ctx, _ := context.WithTimeout(context.Background(), time.Duration(seconds)*time.Second) //nolint:govet
	return ctx
}

func booking(address string, accounts []string) (result, error) {
	client := otbooking.NewOtBookingServiceClient(dial(address, accounts))
	request := &otbooking.BookingRequest{PatientID: "PT-1204", DoctorID: "DC-3904"}
	answer, err := client.GetBookingInfo(within(30), request)
	return result{"bookingDate": answer.GetBookingDate(), "condition": answer.GetCondition()}, err
}

func echo(address string, accounts []string) (result, error) {
	client := tests.NewEchoClient(dial(address, accounts))
	var header metadata.MD
	for _, size := range []int{1, mib, 32 * mib} {
		sent := pattern(size)
		answer, err := client.Unary(within(120), &tests.Payload{Data: sent}, grpc.Header(&header))
		if err != nil {
			return nil, err
		}
		if !bytes.Equal(answer.Data, sent) {
			exitOn(fmt.Errorf("%d bytes came back altered", size))
		}
	}
	stream, err := client.Chat(within(120))
	if err != nil {
		return nil, err
	}
	const messages = 2000
	go func() {
		for n := 0; n < messages; n++ {
			if stream.Send(&tests.Payload{Data: bytes.Repeat([]byte{byte(n)}, 1000)}) != nil {
				return // Recv tells why
			}
		}
		_ = stream.CloseSend()
	}()
	for n := 0; n < messages; n++ {
		answer, err := stream.Recv()
		if err != nil {
			return nil, err
		}
		if !bytes.Equal(answer.Data, bytes.Repeat([]byte{byte(n)}, 1000)) {
			exitOn(errors.New("the stream came back altered"))
		}
	}
	if _, err := stream.Recv(); err != io.EOF {
		exitOn(fmt.Errorf("the stream did not end with its last message: %v", err))
	}
	return result{"peer": strings.Join(header["x-alts-peer"], ",")}, nil
}

func crowd(address, count string, accounts []string) (result, error) {
	all := number(count)
	outcomes := make(chan error, all)
	for n := 0; n < all; n++ {
		go func() {
			_, err := tests.NewEchoClient(dial(address, accounts)).Unary(within(60), &tests.Payload{Data: []byte("x")})
			outcomes <- err
		}()
	}
	for n := 0; n < all; n++ {
		if err := <-outcomes; err != nil {
			return nil, err
		}
	}
	return result{"answered": all}, nil
}

func pingpong(address, count string, accounts []string) (result, error) {
	stream, err := tests.NewEchoClient(dial(address, accounts)).Chat(within(120))
	if err != nil {
		return nil, err
	}
	all := number(count)
	for n := 0; n < all; n++ {
		sent := []byte(strconv.Itoa(n))
		if err := stream.Send(&tests.Payload{Data: sent}); err != nil && err != io.EOF {
			return nil, err
		}
		answer, err := stream.Recv()
		if err != nil {
			return nil, err
		}
		if !bytes.Equal(answer.Data, sent) {
			exitOn(fmt.Errorf("message %d came back altered", n))
		}
	}
	return result{"answered": all}, nil
}

func talk(address string, accounts []string) {
	lasting := dial(address, accounts)
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		used, seconds := lasting, 30
		switch lines.Text() {
		case "anew":
			used = dial(address, accounts)
		case "briefly":
			used, seconds = dial(address, accounts), 2
		}
		_, err := tests.NewEchoClient(used).Unary(within(seconds), &tests.Payload{Data: lines.Bytes()},
			grpc.WaitForReady(lines.Text() == "patiently"))
		report(result{}, err)
		if used != lasting {
			_ = used.Close()
		}
	}
}

type server struct{ allowed []string }

// greet tells the caller who we saw, or refuses it.
func (s server) greet(ctx context.Context) (string, error) {
	proven, err := alts.AuthInfoFromContext(ctx)
	if err != nil {
		return "", err
	}
	if len(s.allowed) > 0 {
		if err := alts.ClientAuthorizationCheck(ctx, s.allowed); err != nil {
			return "", err
		}
	}
	peer := proven.PeerServiceAccount()
	return peer, grpc.SendHeader(ctx, metadata.Pairs("x-alts-peer", peer))
}

func (s server) Unary(ctx context.Context, request *tests.Payload) (*tests.Payload, error) {
	_, err := s.greet(ctx)
	return request, err
}

func (s server) Chat(stream tests.Echo_ChatServer) error {
	if _, err := s.greet(stream.Context()); err != nil {
		return err
	}
	for {
		request, err := stream.Recv()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := stream.Send(request); err != nil {
			return err
		}
	}
}

func (s server) GetBookingInfo(ctx context.Context, _ *otbooking.BookingRequest) (*otbooking.BookingResponse, error) {
	peer, err := s.greet(ctx)
	return &otbooking.BookingResponse{BookingDate: "01-Jun-2024 11:30", Condition: peer}, err
}

func serve(port string, allowed []string) {
	listener, err := net.Listen("tcp4", "0.0.0.0:"+port)
	exitOn(err)
	grpcServer := grpc.NewServer(grpc.Creds(alts.NewServerCreds(alts.DefaultServerOptions())),
		grpc.MaxRecvMsgSize(unlimited), grpc.MaxSendMsgSize(unlimited))
	tests.RegisterEchoServer(grpcServer, server{allowed})
	otbooking.RegisterOtBookingServiceServer(grpcServer, server{allowed})
	line := result{"fields": result{"message": "stranger ready"}}
	exitOn(json.NewEncoder(os.Stdout).Encode(line))
	exitOn(grpcServer.Serve(listener))
}

// report prints what came of a call as one line of JSON.
func report(answer result, err error) {
	if err != nil {
		words := regexp.MustCompile("([a-z])([A-Z])").ReplaceAllString(status.Code(err).String(), "${1}_${2}")
		answer = result{"code": strings.ToUpper(words), "details": status.Convert(err).Message()}
	} else {
		answer["code"] = "OK"
	}
	exitOn(json.NewEncoder(os.Stdout).Encode(answer))
}

func pattern(size int) []byte {
	data := make([]byte, size)
	for n := range data {
		data[n] = byte(n)
	}
	return data
}

func number(text string) int {
	value, err := strconv.Atoi(text)
	exitOn(err)
	return value
}

func exitOn(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func main() {
	if len(os.Args) < 3 {
		exitOn(errors.New(verbs))
	}
	verb, first, rest := os.Args[1], os.Args[2], os.Args[3:]
	switch {
	case verb == "booking":
		report(booking(first, rest))
	case verb == "echo":
		report(echo(first, rest))
	case verb == "crowd" && len(rest) > 0:
		report(crowd(first, rest[0], rest[1:]))
	case verb == "pingpong" && len(rest) > 0:
		report(pingpong(first, rest[0], rest[1:]))
	case verb == "talk":
		talk(first, rest)
	case verb == "serve":
		serve(first, rest)
	default:
		exitOn(errors.New(verbs))
	}
}

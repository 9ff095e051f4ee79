// A gRPC service on $PORT: says back what it hears; "fail" fails, "sleep" never answers.
import grpc from '@grpc/grpc-js'

const raw = { requestSerialize: value => value, requestDeserialize: value => value, responseSerialize: value => value, responseDeserialize: value => value }
const server = new grpc.Server()
server.addService({
  Once: { path: '/test.Echo/Once', requestStream: false, responseStream: false, ...raw },
  Both: { path: '/test.Echo/Both', requestStream: true, responseStream: true, ...raw },
}, {
  Once ({ request }, done) {
    const text = String(request)
    if (text === 'fail') done({ code: grpc.status.FAILED_PRECONDITION, details: 'as asked' })
    else if (text !== 'sleep') done(null, request)
  },
  Both (call) { call.on('data', message => call.write(message)).on('end', () => call.end()) },
})
server.bindAsync(`127.0.0.1:${process.env.PORT}`, grpc.ServerCredentials.createInsecure(), error => { if (error !== null) throw error })

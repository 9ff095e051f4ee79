// The contract of payments, as protobuf. Kept as text in a module, so that a build carries it along.

export const PAYMENTS_PROTO = `
syntax = "proto3";
package shop.payments;

service Payments {
  // Charges once for each order, however often it is asked.
  rpc Charge (ChargeRequest) returns (Payment);
  // Gives the money back; of an order that was never charged, notes that it never will be.
  rpc Refund (RefundRequest) returns (Payment);
  // What is written of an order.
  rpc Find (FindRequest) returns (Payment);
  // Sums of the ledger.
  rpc Books (BooksRequest) returns (BooksReply);
}

message ChargeRequest { string order = 1; int64 amount = 2; string customer = 3; string card = 4; }
message RefundRequest { string order = 1; }
message FindRequest { string order = 1; }
message BooksRequest {}
message BooksReply { int64 charges = 1; int64 refunds = 2; int64 declined = 3; int64 charged = 4; int64 refunded = 5; }
// state: charged, declined, refunded, closed
message Payment { string order = 1; string state = 2; int64 amount = 3; string why = 4; string served_by = 5; }
`

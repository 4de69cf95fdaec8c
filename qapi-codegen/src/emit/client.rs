//! The client with one method per command.

use proc_macro2::TokenStream;
use quote::quote;

use super::command::{emit_arguments, emit_returns};
use super::doc::{emit_about, emit_docs};
use crate::ir::{Command, Service};

/// The client and its methods.
pub(super) fn emit_client(service: &Service) -> TokenStream {
    let Service { ident, client, .. } = service;
    let docs = emit_docs(&[format!("Asks a [`{ident}`] on the other end of a stream.")]);
    let methods = service.commands.iter().map(emit_method);
    quote! {
        #docs
        #[derive(Debug)]
        pub struct #client<Stream> {
            client: ::qapi_runtime::client::Client<Stream>,
        }

        impl<Stream: ::std::io::Read + ::std::io::Write> #client<Stream> {
            /// A client on `stream`, which must be connected.
            pub fn new(stream: Stream) -> Self {
                Self { client: ::qapi_runtime::client::Client::new(stream) }
            }

            /// What sends the commands, for everything that has no method here.
            pub fn client(&mut self) -> &mut ::qapi_runtime::client::Client<Stream> {
                &mut self.client
            }

            #(#methods)*
        }
    }
}

fn emit_method(command: &Command) -> TokenStream {
    let Command {
        cfg,
        wire_name,
        method,
        ..
    } = command;
    let about = emit_about(&command.about);
    let arguments = emit_arguments(&command.arguments);
    let parameter = arguments.as_ref().map(|ty| quote!(, args: &#ty));
    let argument = match arguments {
        Some(_) => quote!(args),
        None => quote!(&::qapi_runtime::Empty {}),
    };
    let returns = if command.success_response {
        emit_returns(command)
    } else {
        quote!(())
    };
    let body = if !command.success_response {
        quote!(self.client.execute_silently(#wire_name, #argument))
    } else if command.returns.is_none() {
        let empty = quote!(::qapi_runtime::Empty);
        quote!(self.client.execute(#wire_name, #argument).map(|#empty {}| ()))
    } else {
        quote!(self.client.execute(#wire_name, #argument))
    };
    quote! {
        #about
        #cfg
        pub fn #method(
            &mut self #parameter
        ) -> Result<#returns, ::qapi_runtime::client::ClientError> {
            #body
        }
    }
}

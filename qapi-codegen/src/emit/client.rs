//! The client with one method per command.

use proc_macro2::TokenStream;
use quote::quote;

use super::command::{emit_arguments, emit_returns};
use super::doc::{emit_about, emit_docs};
use crate::ir::{Command, Service};

/// The client and its methods.
pub(super) fn emit_client(service: &Service) -> TokenStream {
    let Service { ident, client, .. } = service;
    let asks = match service.has_server {
        true => format!("Asks a [`{ident}`] at the other end of a connection."),
        false => format!("Asks a `{ident}` at the other end of a connection."),
    };
    let docs = emit_docs(&[
        asks.as_str(),
        "",
        "`C` does the work: [`Agent`](::qapi_runtime::client::Agent) for a guest agent or",
        "another service on a stream, [`Qmp`](::qapi_runtime::client::Qmp) for a monitor of",
        "QEMU.",
    ]);
    let constructors = emit_constructors(service);
    let methods = service.commands.iter().map(emit_method);
    quote! {
        #docs
        #[derive(Clone, Debug)]
        pub struct #client<C> {
            client: C,
        }

        #constructors

        impl<C: ::qapi_runtime::client::Execute> #client<C> {
            #(#methods)*
        }
    }
}

fn emit_constructors(service: &Service) -> TokenStream {
    let client = &service.client;
    let allows_oob = service.commands.iter().any(|command| command.allow_oob);
    let out_of_band = allows_oob.then(|| {
        quote! {
            /// The same client, whose commands are run out of band: at once, if
            /// they allow it.
            pub fn out_of_band(&mut self) -> #client<::qapi_runtime::client::OutOfBand<&mut C>> {
                #client::new(::qapi_runtime::client::OutOfBand(&mut self.client))
            }
        }
    });
    quote! {
        impl<Stream> #client<::qapi_runtime::client::Agent<Stream>> {
            /// A client on `stream`, which must be connected to a service that
            /// does not greet, such as a guest agent.
            pub fn over(stream: Stream) -> Self {
                Self::new(::qapi_runtime::client::Agent::new(stream))
            }
        }

        impl<C> #client<C> {
            /// A client that runs its commands through `client`.
            pub fn new(client: C) -> Self {
                Self { client }
            }

            /// What runs the commands, for everything that has no method here.
            pub fn client(&mut self) -> &mut C {
                &mut self.client
            }

            #out_of_band
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
    let returns = emit_returns(command);
    let body = if !command.success_response {
        quote!(self.client.execute_silently(#wire_name, #argument))
    } else if command.returns.is_none() {
        quote!(self.client.run(#wire_name, #argument))
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

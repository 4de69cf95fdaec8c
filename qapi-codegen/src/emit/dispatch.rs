//! From the name of a command to the method, and the server around it.

use proc_macro2::TokenStream;
use quote::quote;

use super::cfg::allow_unused;
use super::doc::emit_docs;
use crate::ir::{Arguments, Command, Service};

/// The function that answers one call.
pub(super) fn emit_dispatch(service: &Service) -> TokenStream {
    let ident = &service.ident;
    let docs = emit_docs(&[
        "Answers one call with the method for its command.",
        "",
        "# Errors",
        "There is no such command, its arguments are not as the schema says, or the",
        "method fails.",
    ]);
    let arms = service.commands.iter().map(emit_arm);
    let delimits = service.commands.iter().any(|command| command.delimited);
    let mutable = delimits.then(|| quote!(mut));
    let unused = allow_unused(service.commands.iter().map(|command| &command.cfg));
    quote! {
        #docs
        #unused
        pub fn dispatch<S: #ident + ?Sized>(
            service: &mut S,
            #mutable call: ::qapi_runtime::Call<'_>,
        ) -> Result<::qapi_runtime::Outcome, ::qapi_runtime::Error> {
            match call.command() {
                #(#arms)*
                _ => call.not_found(),
            }
        }
    }
}

fn emit_arm(command: &Command) -> TokenStream {
    let Command {
        cfg,
        wire_name,
        method,
        ..
    } = command;
    let (pattern, argument) = match command.arguments {
        Arguments::None => (quote!(::qapi_runtime::Empty {}), None),
        Arguments::Typed(_) | Arguments::Raw => (quote!(args), Some(quote!(args))),
    };
    let finish = match (command.success_response, &command.returns) {
        (true, None) => Some(quote!(.map(|()| ::qapi_runtime::Empty {}))),
        (true, Some(_)) | (false, None) => None,
        // An answer that is never sent.
        (false, Some(_)) => Some(quote!(.map(drop))),
    };
    let answer = if command.success_response {
        quote!(answer)
    } else {
        quote!(answer_silently)
    };
    let answer = quote!(call.#answer(|#pattern| service.#method(#argument) #finish));
    if command.delimited {
        quote!(#cfg #wire_name => { call.delimit(); #answer })
    } else {
        quote!(#cfg #wire_name => #answer,)
    }
}

/// The adapter from the trait to what a session serves.
pub(super) fn emit_server(service: &Service) -> TokenStream {
    let Service { ident, server, .. } = service;
    let docs = emit_docs(&[format!("Serves a [`{ident}`] to a session of the runtime.")]);
    quote! {
        #docs
        #[derive(Clone, Copy, Debug, Default)]
        pub struct #server<S>(pub S);

        #[automatically_derived]
        impl<S: #ident> ::qapi_runtime::Service for #server<S> {
            fn commands(&self) -> &'static [::qapi_runtime::CommandInfo] {
                COMMANDS
            }

            fn call(
                &mut self,
                call: ::qapi_runtime::Call<'_>,
            ) -> Result<::qapi_runtime::Outcome, ::qapi_runtime::Error> {
                dispatch(&mut self.0, call)
            }
        }
    }
}

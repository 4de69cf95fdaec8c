//! The client as an implementation of the trait: what stands behind a server
//! may be another server.

use proc_macro2::TokenStream;
use quote::quote;

use super::command::{
    emit_arguments, emit_async, emit_execute, emit_returns, emit_upload_signature,
};
use crate::ir::{Command, Service, Upload};

/// The implementation of the trait for the client.
pub(super) fn emit_forward(service: &Service) -> TokenStream {
    let Service { ident, client, .. } = service;
    let methods = service
        .commands
        .iter()
        .map(|command| emit_method(command, service));
    let execute = emit_execute(service);
    quote! {
        #[automatically_derived]
        impl<C: #execute> #ident for #client<C> {
            #(#methods)*
        }
    }
}

/// The method of the trait calls the client's own, which Rust finds first.
fn emit_method(command: &Command, service: &Service) -> TokenStream {
    let Command { cfg, method, .. } = command;
    let arguments = emit_arguments(&command.arguments);
    let parameter = arguments.as_ref().map(|ty| quote!(, args: #ty));
    let argument = arguments.map(|_| quote!(, &args));
    let returns = emit_returns(command);
    let [keyword, wait] = emit_async(service);
    let upload = command.upload.as_ref();
    let upload = upload.map(|upload| emit_upload(command, upload));
    quote! {
        #cfg
        #keyword fn #method(&mut self #parameter) -> Result<#returns, ::qapi_runtime::Error> {
            Self::#method(self #argument) #wait.map_err(::qapi_runtime::Error::from)
        }
        #upload
    }
}

/// What is sent on has to be there as a whole.
fn emit_upload(command: &Command, upload: &Upload) -> TokenStream {
    let cfg = &command.cfg;
    let signature = emit_upload_signature(command, upload);
    quote! {
        #cfg
        #signature {
            let _ = args;
            None
        }
    }
}

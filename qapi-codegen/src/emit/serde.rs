//! Between objects and their members.
//!
//! Members are asked for by name and in the order of the schema, which is the
//! order in which QEMU finds mistakes.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::allow_deprecated;
use super::json::{emit_deserialize_impl, emit_serialize_impl, parameter};
use crate::ir::{BranchField, Field, Struct};

/// What an object implements.
pub(super) fn emit_object(struct_: &Struct) -> TokenStream {
    let Struct {
        ident,
        fields,
        branch,
        ..
    } = struct_;
    let allow = allow_deprecated(struct_.has_deprecated());
    let is_empty = fields.is_empty() && branch.is_none();
    let decode = match branch {
        None => emit_decode(fields),
        Some(branch) => emit_decode_union(fields, branch),
    };
    let encode = emit_encode(fields, branch.as_ref());
    emit_impls(ident, &allow, (is_empty, decode), &encode)
}

/// The traits of an object type; `decode` says whether it leaves its parameter unused,
/// and `encode` writes members into `object`.
pub(super) fn emit_impls(
    ident: &Ident,
    allow: &Option<TokenStream>,
    (ignores_object, decode): (bool, TokenStream),
    encode: &TokenStream,
) -> TokenStream {
    let object = parameter("object", ignores_object);
    let deserialize_impl = emit_deserialize_impl(ident, allow);
    let encoder = quote!(::qapi_runtime::ObjectEncoder::new(serializer));
    let write = if encode.is_empty() {
        quote!(#encoder.end())
    } else {
        quote! {
            let mut object = #encoder;
            #encode
            object.end()
        }
    };
    let serialize_impl = emit_serialize_impl(ident, allow, (false, write));
    quote! {
        #allow
        #[automatically_derived]
        impl<'de> ::qapi_runtime::DecodeMembers<'de> for #ident {
            fn decode_members(
                #object: &mut ::qapi_runtime::Object<'_, 'de>,
            ) -> Result<Self, ::qapi_runtime::DecodeError> {
                #decode
            }
        }
        #deserialize_impl
        #serialize_impl
    }
}

fn emit_decode(fields: &[Field]) -> TokenStream {
    let values = fields.iter().map(|Field { ident, .. }| ident);
    let reads = fields.iter().map(emit_read);
    quote!(Ok(Self { #(#values: #reads,)* }))
}

fn emit_read(field: &Field) -> TokenStream {
    let wire_name = &field.wire_name;
    if field.optional {
        quote!(object.optional(#wire_name)?)
    } else {
        quote!(object.required(#wire_name)?)
    }
}

/// The tag has its place among the other members, and the branch comes last.
fn emit_decode_union(fields: &[Field], branch: &BranchField) -> TokenStream {
    let BranchField {
        ident,
        ty,
        tag,
        position,
        ..
    } = branch;
    let (before, after) = fields.split_at(*position);
    let locals: Vec<_> = before.iter().map(|field| local(&field.ident)).collect();
    let before_reads = before.iter().map(emit_read);
    let before_values = before
        .iter()
        .map(|field| emit_value(&field.ident, &local(&field.ident)));
    let after_idents = after.iter().map(|field| &field.ident);
    let after_reads = after.iter().map(emit_read);
    let wire_name = &tag.wire_name;
    quote! {
        #(let #locals = #before_reads;)*
        let tag = object.required(#wire_name)?;
        Ok(Self {
            #(#before_values,)*
            #(#after_idents: #after_reads,)*
            #ident: #ty::decode_branch(tag, object)?,
        })
    }
}

fn emit_value(ident: &Ident, value: &Ident) -> TokenStream {
    if ident == value {
        quote!(#ident)
    } else {
        quote!(#ident: #value)
    }
}

/// A variable for a field, apart from those that the code around it uses.
fn local(ident: &Ident) -> Ident {
    if ident == "object" || ident == "tag" {
        format_ident!("{ident}_")
    } else {
        ident.clone()
    }
}

fn emit_encode(fields: &[Field], branch: Option<&BranchField>) -> TokenStream {
    let Some(BranchField {
        ident,
        tag,
        position,
        ..
    }) = branch
    else {
        let writes = fields.iter().map(emit_write);
        return quote!(#(#writes)*);
    };
    let (before, after) = fields.split_at(*position);
    let before = before.iter().map(emit_write);
    let after = after.iter().map(emit_write);
    let wire_name = &tag.wire_name;
    quote! {
        #(#before)*
        object.required(#wire_name, &self.#ident.tag());
        #(#after)*
        self.#ident.encode_branch(&mut object);
    }
}

fn emit_write(field: &Field) -> TokenStream {
    let Field {
        ident, wire_name, ..
    } = field;
    if field.optional {
        quote!(object.optional(#wire_name, &self.#ident);)
    } else {
        quote!(object.required(#wire_name, &self.#ident);)
    }
}

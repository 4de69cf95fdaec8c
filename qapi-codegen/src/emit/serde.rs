//! Between objects and their members.
//!
//! Members are asked for by name and in the order of the schema, which is the
//! order in which QEMU finds mistakes.

use proc_macro2::TokenStream;
use quote::quote;

use super::cfg::allow_unused;
use super::json::{emit_deserialize_impl, emit_serialize_impl, parameter};
use super::lifetime::Subject;
use crate::ident::Ident;
use crate::ir::{BranchField, Cfg, Field, Struct, Tag};

/// What an object implements.
pub(super) fn emit_object(struct_: &Struct) -> TokenStream {
    let Struct { fields, branch, .. } = struct_;
    let cfgs = fields.iter().map(|field| &field.cfg);
    let allow = allow_unused(cfgs).filter(|_| branch.is_none());
    let is_empty = fields.is_empty() && branch.is_none();
    let decode = emit_decode(fields, branch.as_ref());
    let encode = emit_encode(fields, branch.as_ref());
    emit_impls(struct_.into(), &allow, (is_empty, decode), &encode)
}

/// The traits of an object type; `decode` says whether it leaves its parameter unused,
/// and `encode` writes members into `object`.
pub(super) fn emit_impls(
    subject: Subject<'_>,
    allow: &Option<TokenStream>,
    (ignores_object, decode): (bool, TokenStream),
    encode: &TokenStream,
) -> TokenStream {
    let object = parameter("object", ignores_object);
    let deserialize_impl = emit_deserialize_impl(subject);
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
    let serialize_impl = emit_serialize_impl(subject, allow, (false, write));
    let ty = subject.with(quote!('de));
    quote! {
        #allow
        #[automatically_derived]
        impl<'de> ::qapi_runtime::DecodeMembers<'de> for #ty {
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

/// How many members the runtime takes at once.
const AT_ONCE: usize = 16;

/// The tag has its place among the other members, and the branch comes last.
fn emit_decode(fields: &[Field], branch: Option<&BranchField>) -> TokenStream {
    let mut reads: Vec<_> = fields.iter().map(Read::from).collect();
    if let Some(branch) = branch {
        reads.insert(branch.position, Read::from(&branch.tag));
    }
    // What has a condition is taken by itself.
    let reads = reads
        .chunk_by(|before, after| before.is_certain() && after.is_certain())
        .flat_map(|reads| reads.chunks(AT_ONCE))
        .map(emit_reads);
    let cfgs = fields.iter().map(|field| &field.cfg);
    let values = fields
        .iter()
        .map(|field| emit_value(&field.ident, &local(&field.ident)));
    let branch = branch
        .map(|BranchField { ident, ty, .. }| quote!(#ident: #ty::decode_branch(tag, object)?,));
    quote! {
        #(#reads)*
        Ok(Self { #(#cfgs #values,)* #branch })
    }
}

/// A member on its way into a variable.
struct Read<'a> {
    cfg: Option<&'a Cfg>,
    local: Ident,
    wire_name: &'a str,
    optional: bool,
}

impl Read<'_> {
    fn is_certain(&self) -> bool {
        self.cfg.is_none_or(Cfg::is_always)
    }
}

impl<'a> From<&'a Field> for Read<'a> {
    fn from(field: &'a Field) -> Self {
        Self {
            cfg: Some(&field.cfg),
            local: local(&field.ident),
            wire_name: &field.wire_name,
            optional: field.optional,
        }
    }
}

impl<'a> From<&'a Tag> for Read<'a> {
    fn from(tag: &'a Tag) -> Self {
        Self {
            cfg: None,
            local: Ident::new("tag"),
            wire_name: &tag.wire_name,
            optional: false,
        }
    }
}

fn emit_reads(reads: &[Read<'_>]) -> TokenStream {
    let cfgs = reads.iter().map(|read| read.cfg);
    let locals = reads.iter().map(|read| &read.local);
    let names = reads.iter().map(|read| read.wire_name);
    match reads {
        [only] if only.optional => quote!(#(#cfgs let #locals = object.optional(#names)?;)*),
        [_] => quote!(#(#cfgs let #locals = object.required(#names)?;)*),
        _ => quote!(let (#(#locals),*) = object.members([#(#names),*])?;),
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
        Ident::new(&format!("{ident}_"))
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
        cfg,
        ident,
        wire_name,
        ..
    } = field;
    if field.optional {
        quote!(#cfg object.optional(#wire_name, &self.#ident);)
    } else {
        quote!(#cfg object.required(#wire_name, &self.#ident);)
    }
}

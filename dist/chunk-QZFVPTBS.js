import{__commonJS}from"./chunk-NJBTAX24.js";var require_crypto=__commonJS({"builtin:crypto"(exports,module){module.exports=process.getBuiltinModule("crypto")}});export{require_crypto};

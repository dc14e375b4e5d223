Feature: Encrypting anew
  Re-encrypting brings a ciphertext to the newest version of its key without showing the plaintext.

  Scenario Outline: A ciphertext of an <kind> key comes to the newest version, <how>
    Given an <kind> key with a token set
    And I encrypt 32 bytes with the account
    And the key is rotated
    When I <how>
    Then the new ciphertext carries the prefix of version 2
    When I decrypt the ciphertext with the account
    Then the plaintext comes back

    @KMS2-REE-001
    Examples: API 2.0
      | kind    | how                                             |
      | AES256  | re-encrypt the ciphertext with the account      |
      | AES256  | re-encrypt the ciphertext with the access token |
      | RSA2048 | re-encrypt the ciphertext with the account      |
      | RSA2048 | re-encrypt the ciphertext with the access token |

    @KMS2-REE-002
    Examples: by the other path
      | kind   | how                                                               |
      | AES256 | re-encrypt by the other path the ciphertext with the account      |
      | AES256 | re-encrypt by the other path the ciphertext with the access token |

    @KMS1-V1-016
    Examples: API 1.0
      | kind    | how                                    |
      | AES256  | re-encrypt the ciphertext over API 1.0 |
      | RSA2048 | re-encrypt the ciphertext over API 1.0 |

  Scenario Outline: A list is encrypted anew item by item, <way>
    Given a key with a token set
    And I encrypt a list of 5 with the account
    When I re-encrypt the ciphertexts <way>
    Then each ciphertext decrypts to its own plaintext with the account

    @KMS2-REE-003
    Examples: API 2.0
      | way                   |
      | with the account      |
      | with the access token |

    @KMS1-V1-016
    Examples: API 1.0
      | way          |
      | over API 1.0 |

  Scenario Outline: A ciphertext <flaw> is not encrypted anew, <way>
    Given a key with a token set
    And I encrypt 32 bytes with the account
    And I re-encrypt the ciphertext with the account
    When the ciphertext comes back <flaw>
    And I re-encrypt the ciphertext <way>
    Then the call is refused

    @KMS2-REE-004
    Examples: API 2.0
      | flaw                         | way                   |
      | without its prefix           | with the account      |
      | with the prefix of version 9 | with the account      |
      | with a bit of its text off   | with the account      |
      | with a bit of its tail off   | with the access token |

    @KMS1-V1-017
    Examples: API 1.0
      | flaw                       | way          |
      | with a bit of its text off | over API 1.0 |

  @KMS2-REE-005
  Scenario: The ciphertext of another key is not encrypted anew
    Given a key
    And I encrypt 32 bytes with the account
    And another key
    When I re-encrypt the ciphertext with the account and the other key
    Then the call is refused
